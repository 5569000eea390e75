import { DnsError } from '@tidegate/dns';
import { ProblemError } from '@tidegate/schemas';
import { errors } from 'undici';

/** Why an upstream gave no answer, as the caller is told. Addresses stay in the log. */
export function forwardFailure(upstream: string, error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (causeOf(error) instanceof DnsError) {
    return new ProblemError('UPSTREAM_UNRESOLVED', {
      detail: `No address is known for ${upstream}`,
      headers: { 'retry-after': '5' },
      cause: error,
    });
  }
  if (isTimeout(error)) {
    return new ProblemError('UPSTREAM_TIMEOUT', {
      detail: `${upstream} did not answer in time`,
      cause: error,
    });
  }
  return new ProblemError('UPSTREAM_REFUSED', {
    detail: `${upstream} refused or dropped the connection`,
    cause: error,
  });
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError
  );
}

/** Node wraps the error of a custom look-up when it tried several addresses. */
function causeOf(error: unknown): unknown {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return inner instanceof Error && inner.cause instanceof DnsError ? inner.cause : inner;
}
