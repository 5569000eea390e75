import { errors } from 'undici';
import { MlflowError, type UnreachableStep } from './mlflow-error';

const TCP_CODES = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const TIMEOUT_CODES = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO)/;
const DNS_CODE = /^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL|EREFUSED|EFORMERR|ETIMEOUT|DNS_)/;

/** Turns what undici throws when no whole answer came into `MLFLOW_UNREACHABLE` with the failing step. */
export function unreachable(target: string, failure: unknown): MlflowError {
  const codes = codesOf(failure);
  const reason = codes[0] ?? (failure instanceof Error ? failure.message : String(failure));
  if (failure instanceof errors.HTTPParserError) {
    return new MlflowError('MLFLOW_BAD_RESPONSE', `${target}: the answer is not HTTP (${reason}).`, {
      cause: failure,
    });
  }
  const step = failingStep(codes);
  return new MlflowError('MLFLOW_UNREACHABLE', `${target}: no answer, failed at ${step} (${reason}).`, {
    step,
    cause: failure,
  });
}

function failingStep(codes: readonly string[]): UnreachableStep {
  if (codes.some((code) => TIMEOUT_CODES.has(code))) return 'timeout';
  if (codes.some((code) => TCP_CODES.has(code))) return 'tcp';
  if (codes.some((code) => TLS_CODE.test(code))) return 'tls';
  if (codes.some((code) => DNS_CODE.test(code))) return 'dns';
  return 'http';
}

/** The codes of an error, of its causes and, when several addresses were tried, of each attempt. */
function codesOf(failure: unknown): string[] {
  if (typeof failure !== 'object' || failure === null) return [];
  const { code, cause, errors: attempts } = failure as { code?: unknown; cause?: unknown; errors?: unknown };
  return [
    ...(typeof code === 'string' ? [code] : []),
    ...(Array.isArray(attempts) ? attempts.flatMap(codesOf) : []),
    ...codesOf(cause),
  ];
}
