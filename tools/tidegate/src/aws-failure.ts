import { CommandError } from './command-error';

const REFUSED_CREDENTIALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidAccessKeyId',
]);
const THROTTLED = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
]);
const UNREACHABLE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
]);

/** What an error of the AWS SDK means for the person at the terminal; undefined when it is a bug of ours. */
export function explainAwsFailure(error: unknown, region: string): CommandError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError')
    return new CommandError(
      `No AWS credentials were found: ${message}. Expected AWS_PROFILE, AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, or a role of this machine.`,
    );
  if (REFUSED_CREDENTIALS.has(name))
    return new CommandError(`AWS refuses the credentials: ${message}. Expected valid ones: log in again.`);
  if (name.startsWith('AccessDenied') || name === 'UnauthorizedOperation')
    return new CommandError(
      `The credentials lack a right: ${message}. Expected those of a role that may deploy.`,
    );
  if (THROTTLED.has(name))
    return new CommandError(
      `AWS answers that it was asked too often: ${message}. Expected fewer requests: wait a minute and try again.`,
    );
  if (isUnreachable(error))
    return new CommandError(
      `AWS cannot be reached in region "${region}" (${message}). Expected an existing region and a connection to the internet; --region or AWS_REGION choose the region.`,
    );
  // Another answer of AWS: the person can do more with it than with where we asked.
  if ('$metadata' in error)
    return new CommandError(
      `AWS answered ${name}: ${message.split('\n')[0]}. Expected it to do what was asked: try again, and look at the AWS Health dashboard if it stays.`,
    );
  return undefined;
}

/** Whether the same request may be answered in a moment: AWS is asked too often, cannot be reached or is ill itself. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return THROTTLED.has(error.name) || isUnreachable(error) || statusOf(error) >= 500;
}

function isUnreachable(error: Error): boolean {
  return error.name === 'TimeoutError' || ('code' in error && UNREACHABLE.has(String(error.code)));
}

function statusOf(error: Error): number {
  const { httpStatusCode } = ('$metadata' in error ? error.$metadata : {}) as { httpStatusCode?: number };
  return httpStatusCode ?? 0;
}
