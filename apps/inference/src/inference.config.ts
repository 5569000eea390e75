import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConfigOf,
  durationMs,
  type Environment,
  httpUrl,
  integer,
  loadConfig,
  optional,
  secret,
  serviceFields,
  setting,
  withDefault,
} from '@tidegate/config';
import { z } from 'zod';
import type { ModelSpec } from './models/model-spec';
import { parseModels } from './models/parse-models';

const MIB = 1024 * 1024;

const models: z.ZodType<readonly ModelSpec[]> = z.string().transform((given, context) => {
  const { specs, problems } = parseModels(given);
  for (const problem of problems) context.addIssue(problem);
  return problems.length === 0 ? specs : z.NEVER;
});

const text = z.string();
const share = z
  .string()
  .regex(/^(0?\.\d{1,6}|[01](\.0*)?)$/, 'expected a number from 0 to 1')
  .transform(Number);

/** Every setting of the service; the configuration reference is made of them. */
export const inferenceFields = {
  ...serviceFields(8000),
  models: setting(
    'MODELS',
    models,
    'What to serve: name@alias, name/version, name/latest or name/stage, comma-separated, with options after ";"; the first is the default.',
  ),
  mlflowUrl: setting(
    'MLFLOW_TRACKING_URI',
    httpUrl,
    'Where MLflow is, directly (http://mlflow:5000) or through the gateway (http://api:8080/api/mlflow).',
  ),
  mlflowToken: secret('MLFLOW_TRACKING_TOKEN', optional(text), 'API key for MLflow through the gateway.'),
  mlflowUsername: setting(
    'MLFLOW_TRACKING_USERNAME',
    optional(text),
    'User of MLflow itself; with a password.',
  ),
  mlflowPassword: secret('MLFLOW_TRACKING_PASSWORD', optional(text), 'Password of MLflow itself.'),
  s3EndpointUrl: setting(
    'MLFLOW_S3_ENDPOINT_URL',
    optional(httpUrl),
    'Where artifacts in S3 are, for stores that are not Amazon (MinIO, Ceph). Credentials: the usual AWS variables or a role.',
  ),
  awsEndpointUrl: setting('AWS_ENDPOINT_URL', optional(httpUrl), 'The same, as the AWS tools call it.'),
  awsRegion: setting('AWS_REGION', optional(text), 'Region of artifacts in S3.'),
  awsDefaultRegion: setting(
    'AWS_DEFAULT_REGION',
    optional(text),
    'The same, as boto3 and the AWS CLI call it.',
  ),
  pollIntervalMs: setting(
    'MODEL_POLL_INTERVAL_MS',
    withDefault(durationMs, 3000),
    'How often the registry is asked for new versions (±20 %).',
  ),
  cacheDir: setting(
    'MODEL_CACHE_DIR',
    withDefault(text, join(tmpdir(), 'tidegate-models')),
    'Folder for model files, kept for the next start; a second process on it uses a folder of its own below.',
  ),
  maxModelBytes: setting(
    'MODEL_MAX_BYTES',
    withDefault(integer(1, 1_000_000 * MIB), 2048 * MIB),
    'Largest model that is downloaded, all files together.',
  ),
  maxBodyBytes: setting(
    'MAX_BODY_BYTES',
    withDefault(integer(1024, 512 * MIB), 8 * MIB),
    'Largest body of a prediction request.',
  ),
  maxInflightBytes: setting(
    'MAX_INFLIGHT_BYTES',
    withDefault(integer(1024, 64 * 1024 * MIB), 128 * MIB),
    'Most bytes of requests that are not answered yet; more is answered with 503 OVERLOADED.',
  ),
  bodyTimeoutMs: setting(
    'BODY_TIMEOUT_MS',
    withDefault(durationMs, 60_000),
    'A body that is not complete so long after its headers is refused with 408.',
  ),
  maxInstances: setting(
    'MAX_INSTANCES',
    withDefault(integer(1, 1_000_000), 1024),
    'Most instances in one POST /predict.',
  ),
  maxQueueRows: setting(
    'QUEUE_MAX_ROWS',
    withDefault(integer(1, 10_000_000), 4096),
    'Instances of a model that wait at most; what comes beyond is refused with 429.',
  ),
  maxQueueMs: setting(
    'QUEUE_MAX_WAIT_MS',
    withDefault(durationMs, 100),
    'Longest expected wait in the queue of a model, but at least twice the duration of a run; 0: only QUEUE_MAX_ROWS counts.',
  ),
  maxBatchRows: setting(
    'BATCH_MAX_ROWS',
    withDefault(integer(1, 100_000), 256),
    'Instances of several requests that run together at most.',
  ),
  requestTimeoutMs: setting(
    'REQUEST_TIMEOUT_MS',
    withDefault(durationMs, 30_000),
    'A prediction that is not ready by then is answered with 504; a worker that runs longer is replaced.',
  ),
  workers: setting(
    'WORKERS',
    withDefault(integer(1, 256), Math.min(4, availableParallelism())),
    'Worker threads of a model that does not run inline, unless MODELS says so; each holds a copy of the model.',
  ),
  loggingUrl: setting('LOGGING_URL', optional(httpUrl), 'The prediction log; when unset nothing is logged.'),
  logQueueEvents: setting(
    'LOG_QUEUE_EVENTS',
    withDefault(integer(1, 10_000_000), 50_000),
    'Events that wait in memory at most, and no more than 64 MiB of them: what comes beyond goes to LOG_SPOOL_DIR or is dropped and counted.',
  ),
  logInputs: setting(
    'LOG_INPUTS',
    withDefault(z.enum(['none', 'hash', 'full'], { error: 'expected none, hash or full' }), 'none'),
    'Whether events carry the inputs of the prediction, or their SHA-256; MODELS can say otherwise for a model.',
  ),
  logSample: setting(
    'LOG_SAMPLE',
    withDefault(share, 1),
    'The share of requests that is logged, from 0 to 1; MODELS can say otherwise for a model.',
  ),
  logSpoolDir: setting(
    'LOG_SPOOL_DIR',
    optional(text),
    'Folder where events wait while the prediction log is away, of this process alone; unset: in memory only.',
  ),
  logSpoolMaxBytes: setting(
    'LOG_SPOOL_MAX_BYTES',
    withDefault(integer(MIB, 1_000_000 * MIB), 1024 * MIB),
    'Events that wait in LOG_SPOOL_DIR at most.',
  ),
  logWhenFull: setting(
    'LOG_WHEN_FULL',
    withDefault(z.enum(['drop', 'refuse'], { error: 'expected drop or refuse' }), 'drop'),
    'When neither memory nor LOG_SPOOL_DIR has room for events: drop them and count them, or refuse predictions with 503.',
  ),
};

export type InferenceConfig = ConfigOf<typeof inferenceFields>;

/** @throws ConfigError listing every problem at once. */
export function loadInferenceConfig(environment: Environment = process.env): InferenceConfig {
  return loadConfig('inference', inferenceFields, environment);
}
