/** What can go wrong between Tidegate and MLflow; the default remedy of each is in {@link MLFLOW_REMEDIES}. */
export type MlflowErrorCode = keyof typeof MLFLOW_REMEDIES;

/**
 * How far a request came when it got no answer. `timeout`: `timeoutMs` ran out in a step that is not known
 * (give the dispatcher a shorter connect timeout to see `tcp`); `http`: connected, then broken off.
 */
export type UnreachableStep = 'dns' | 'tcp' | 'tls' | 'timeout' | 'http';

/** Code → what to do when nothing more exact is known. */
export const MLFLOW_REMEDIES = {
  MLFLOW_UNREACHABLE: 'Check that MLflow runs and that its address and port are right.',
  MLFLOW_UNAUTHORIZED: 'Check the user name and password (MLflow) or the API key (gateway).',
  MLFLOW_FORBIDDEN: 'Give this user the MLflow permission, or this API key the scope, the request needs.',
  MLFLOW_NOT_FOUND: 'Check the name; when MLflow does not know the route at all, check the base URL.',
  MLFLOW_BAD_REQUEST: 'Mend the request as the message of MLflow says.',
  MLFLOW_SERVER_ERROR: 'Look into the log of the MLflow server; a later try may succeed.',
  MLFLOW_BAD_RESPONSE: 'Check that the base URL leads to an MLflow server of version 2.x or 3.x.',
  MLFLOW_ARTIFACT_SOURCE_UNSUPPORTED:
    'Let the MLflow server serve its artifacts (--serve-artifacts --artifacts-destination) and register the model again.',
  ARTIFACT_STORE_UNREACHABLE:
    'Check that the object store runs and that MLFLOW_S3_ENDPOINT_URL, if set, is its address.',
  ARTIFACT_STORE_REFUSED:
    'Check the AWS credentials and the region, and give them s3:ListBucket and s3:GetObject on the artifacts.',
  MLFLOW_ARTIFACT_NAME_REFUSED: 'Rename the artifact and register the model again.',
  MLFLOW_DOWNLOAD_TOO_LARGE: 'Raise the size limit, or register a smaller model.',
  MLFLOW_DOWNLOAD_CORRUPT: 'Try again; if it stays so, upload the artifact again.',
  MLMODEL_INVALID: 'Log the model again with the MLflow client.',
} as const;

/** The facts of an {@link MlflowError} beside its code. */
export interface MlflowErrorDetails {
  /** Status of the answer, when there was one. */
  readonly httpStatus?: number;
  /** MLflow's own `error_code`, such as `RESOURCE_DOES_NOT_EXIST`, or the `code` of the gateway's problem. */
  readonly errorCode?: string;
  /** What MLflow (`message`) or the gateway (`detail`) said. */
  readonly serverMessage?: string;
  /** Only with `MLFLOW_UNREACHABLE`. */
  readonly step?: UnreachableStep;
  /** Replaces the code's default remedy. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** An expected failure of a call to MLflow. The message ends with the remedy and never holds credentials. */
export class MlflowError extends Error {
  /** The message without the remedy. */
  readonly problem: string;
  readonly httpStatus: number | undefined;
  readonly errorCode: string | undefined;
  readonly serverMessage: string | undefined;
  readonly step: UnreachableStep | undefined;
  readonly remedy: string;

  constructor(
    readonly code: MlflowErrorCode,
    problem: string,
    details: MlflowErrorDetails = {},
  ) {
    const remedy = details.remedy ?? MLFLOW_REMEDIES[code];
    super(`${problem} ${remedy}`, { cause: details.cause });
    this.name = 'MlflowError';
    this.problem = problem;
    this.httpStatus = details.httpStatus;
    this.errorCode = details.errorCode;
    this.serverMessage = details.serverMessage;
    this.step = details.step;
    this.remedy = remedy;
  }
}
