import { DnsError } from '@tidegate/dns';
import { ProblemError } from '@tidegate/schemas';
import { errors } from 'undici';

/** Why an upstream gave no answer, as the caller is told. Addresses stay in the log. */
export function forwardFailure(upstream: string, error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof DnsError) {
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
  if (isNotHttp(error)) {
    return new ProblemError('UPSTREAM_PROTOCOL', {
      detail: `${upstream} answered with something that is not valid HTTP`,
      cause: error,
    });
  }
  if (isStopping(error)) {
    return new ProblemError('STOPPING', { headers: { 'retry-after': '1' }, cause: error });
  }
  if (error instanceof errors.InvalidArgumentError) {
    return new ProblemError('REQUEST_INVALID', {
      detail: 'The request cannot be forwarded as it is written',
      cause: error,
    });
  }
  // Everything that goes wrong on a connection carries a code; what carries none is a bug.
  if (codeOf(error) === undefined) return new ProblemError('INTERNAL_ERROR', { cause: error });
  return new ProblemError('UPSTREAM_REFUSED', {
    detail: `${upstream} refused or dropped the connection`,
    cause: error,
  });
}

/** Whether the connection went away, as an idle one does whose server was restarted: nothing was answered. */
export function isDropped(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ECONNRESET' || code === 'EPIPE' || (code === 'UND_ERR_SOCKET' && !isNotHttp(error));
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    codeOf(error) === 'ETIMEDOUT'
  );
}

/** Besides what the parser refuses: an upgrade nobody asked for, and bytes Node refuses to send on in a header. */
function isNotHttp(error: unknown): boolean {
  return (
    error instanceof errors.HTTPParserError ||
    error instanceof errors.HeadersOverflowError ||
    error instanceof errors.ResponseContentLengthMismatchError ||
    codeOf(error) === 'ERR_INVALID_CHAR' ||
    (error instanceof errors.SocketError && error.message.startsWith('bad '))
  );
}

function isStopping(error: unknown): boolean {
  return error instanceof errors.ClientDestroyedError || error instanceof errors.ClientClosedError;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
