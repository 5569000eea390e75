import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConfigOf,
  durationMs,
  type Environment,
  httpUrl,
  integer,
  list,
  loadConfig,
  optional,
  secret,
  serviceFields,
  setting,
  withDefault,
} from '@tidegate/config';
import { z } from 'zod';
import { type ModelSelector, parseModelSelector } from './models/model-selector';

const MIB = 1024 * 1024;

const models: z.ZodType<readonly ModelSelector[]> = list.transform((texts, context) => {
  const selectors = texts.map(parseModelSelector).filter((selector) => selector !== undefined);
  const isUnique = new Set(selectors.map(({ text }) => text)).size === texts.length;
  if (selectors.length === texts.length && isUnique && texts.length > 0) return selectors;
  context.addIssue(
    'expected different models as name@alias or name/version, comma-separated: digits@production,fraud/3',
  );
  return z.NEVER;
});

const text = z.string();

const fields = {
  ...serviceFields(8000),
  models: setting(
    'MODELS',
    models,
    'What to serve: name@alias or name/version, comma-separated; the first is the default.',
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
  pollIntervalMs: setting(
    'MODEL_POLL_INTERVAL_MS',
    withDefault(durationMs, 3000),
    'How often the registry is asked for new versions (±20 %).',
  ),
  cacheDir: setting(
    'MODEL_CACHE_DIR',
    withDefault(text, join(tmpdir(), 'tidegate-models')),
    'Folder for model files; one process per folder.',
  ),
  maxModelBytes: setting(
    'MODEL_MAX_BYTES',
    withDefault(integer(1, 1_000_000 * MIB), 2048 * MIB),
    'Largest model that is downloaded, all files together.',
  ),
  maxBodyBytes: setting(
    'MAX_BODY_BYTES',
    withDefault(integer(1024, 512 * MIB), 8 * MIB),
    'Largest body of POST /predict.',
  ),
  maxInstances: setting(
    'MAX_INSTANCES',
    withDefault(integer(1, 1_000_000), 1024),
    'Most instances in one request: a request that runs inline holds up all others meanwhile.',
  ),
  loggingUrl: setting('LOGGING_URL', optional(httpUrl), 'The prediction log; when unset nothing is logged.'),
  logQueueEvents: setting(
    'LOG_QUEUE_EVENTS',
    withDefault(integer(1, 10_000_000), 10_000),
    'Events that wait at most while the prediction log is away; newer ones are dropped and counted.',
  ),
  logInputs: setting(
    'LOG_INPUTS',
    withDefault(z.enum(['none', 'full'], { error: 'expected none or full' }), 'none'),
    'Whether events carry the inputs of the prediction.',
  ),
};

export type InferenceConfig = ConfigOf<typeof fields>;

/** @throws ConfigError listing every problem at once. */
export function loadInferenceConfig(environment: Environment = process.env): InferenceConfig {
  return loadConfig('inference', fields, environment);
}
