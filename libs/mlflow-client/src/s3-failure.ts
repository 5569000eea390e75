import { MlflowError } from './mlflow-error';

/** The parts of an AWS SDK error that tell what happened. */
interface AwsFailure {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** No request was sent: nothing to sign it with, or no region to send it to. */
const NOT_CONFIGURED =
  /CredentialsProviderError|TokenProviderError|Could not load credentials|Region is missing/;
const MISSING = new Set(['NoSuchBucket', 'NoSuchKey', 'NotFound']);

const REMEDIES_OF_READING = {
  refused: undefined,
  missing: 'Restore the artifacts in the bucket, or register the model again.',
};

/** Turns what the AWS SDK throws into the error it stands for. */
export function s3Failure(
  what: string,
  failure: unknown,
  remedies: { readonly refused: string | undefined; readonly missing: string } = REMEDIES_OF_READING,
): MlflowError {
  const { name = 'Error', message = String(failure), $metadata } = failure as AwsFailure;
  const httpStatus = $metadata?.httpStatusCode;
  const said = `${name}: ${message}`.slice(0, 500).replace(/[.\s]*$/, '');
  const details = { cause: failure, ...(httpStatus !== undefined && { httpStatus }) };
  const refused = { ...details, ...(remedies.refused !== undefined && { remedy: remedies.refused }) };
  if (NOT_CONFIGURED.test(said))
    return new MlflowError('ARTIFACT_STORE_REFUSED', `${what}: ${said}.`, refused);
  if (MISSING.has(name)) {
    return new MlflowError('MLFLOW_NOT_FOUND', `${what}: ${said}.`, {
      ...details,
      remedy: remedies.missing,
    });
  }
  const isRefused = httpStatus !== undefined && httpStatus >= 300 && httpStatus < 500;
  return new MlflowError(
    isRefused ? 'ARTIFACT_STORE_REFUSED' : 'ARTIFACT_STORE_UNREACHABLE',
    `${what}: ${httpStatus === undefined ? '' : `HTTP ${httpStatus} `}${said}.`,
    isRefused ? refused : details,
  );
}
