export type { ArtifactEntry, ArtifactSource } from './artifact-source';
export {
  type DownloadedFile,
  type DownloadedFolder,
  type DownloadLimits,
  downloadFolder,
} from './download-folder';
export { MlflowClient, type Page, type SearchOptions } from './mlflow-client';
export {
  MLFLOW_REMEDIES,
  MlflowError,
  type MlflowErrorCode,
  type MlflowErrorDetails,
  type UnreachableStep,
} from './mlflow-error';
export type { MlflowClientOptions, MlflowCredentials, MlflowProbe, MlflowRequest } from './mlflow-http';
export {
  type Mlmodel,
  parseMlmodel,
  readMlmodel,
  type SignatureField,
  type SignatureParameter,
} from './mlmodel';
export type { S3Settings } from './s3-store';
export type { Experiment, ModelVersion, RegisteredModel, Run } from './registry-answers';
