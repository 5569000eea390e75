import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateApiKey, SCOPES } from '@tidegate/api-keys';
import {
  findFreePort,
  hostEnvironment,
  startProcess,
  waitUntilReady,
  type ManagedProcess,
} from '@tidegate/local-parts';
import { startApiProcess } from './api-process';
import { startLoggingProcess, type LoggingProcess } from './logging-process';
import { startOwnMlflow, type OwnMlflow } from './own-mlflow';
import { startOwnPostgres } from './own-postgres';
import { startOwnRedis } from './own-redis';
import { trainSampleModel } from './python';
import { workspaceRoot } from './workspace';

const READY_TIMEOUT_MS = 60_000;

/** A part that can be stopped and started again, on the same port. */
export interface Part {
  stop(): Promise<unknown>;
  start(): Promise<unknown>;
}

/** The whole of Tidegate as processes of this machine. */
export interface RunningSystem {
  readonly urls: Readonly<Record<'API_URL' | 'INFERENCE_URL' | 'LOGGING_URL' | 'MLFLOW_URL', string>>;
  readonly parts: Readonly<Record<'mlflow' | 'postgres' | 'redis' | 'inference' | 'logging', Part>>;
  /** An API key with every scope. */
  readonly adminKey: string;
  remove(): Promise<void>;
}

export interface SystemOptions {
  /** Whether the sample model is registered and served; else inference waits for a model that never comes. @default false */
  readonly hasModel?: boolean;
}

/** Starts PostgreSQL, Redis, MLflow and the three apps as they are built; remember to `remove()` it. */
export async function startSystem({ hasModel = false }: SystemOptions = {}): Promise<RunningSystem> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-system-'));
  const postgres = await startOwnPostgres();
  const redis = await startOwnRedis();
  const mlflow = await startOwnMlflow(postgres);
  if (hasModel) await trainSampleModel(mlflow);
  const logging = await startLoggingProcess(folder, {
    DATABASE_URL: await postgres.createDatabase('logging_db'),
    SPOOL_DIR: path.join(folder, 'spool'),
    SPOOL_IS_DURABLE: 'true',
  });
  const inferenceKey = generateApiKey({ environment: 'test' }).text;
  const adminKey = generateApiKey({ environment: 'test' }).text;
  const inference = await inferencePart(folder, logging, hasModel ? 'digits' : 'never-registered');
  const api = await startApiProcess(folder, {
    DATABASE_URL: await postgres.createDatabase('api_db'),
    API_SERVICE_KEYS: serviceKeys({ inferenceKey, adminKey }),
    TIDEGATE_ENVIRONMENT: 'test',
    API_KEY_PEPPER: randomBytes(32).toString('hex'),
    ...mlflowSettings(mlflow),
    REDIS_URL: redis.url,
    INFERENCE_URL: inference.url,
    LOGGING_URL: logging.url,
  });
  const startInference = (): Promise<void> => inference.start(api.url, inferenceKey);
  await startInference();
  return {
    adminKey,
    urls: {
      API_URL: api.url,
      INFERENCE_URL: inference.url,
      LOGGING_URL: logging.url,
      MLFLOW_URL: mlflow.url,
    },
    parts: {
      ...{ mlflow, postgres, logging },
      redis: { stop: () => redis.crash(), start: () => redis.start() },
      inference: { stop: () => inference.stop(), start: startInference },
    },
    remove: async () => {
      await inference.stop();
      await api.stop();
      await logging.stop();
      await mlflow.remove();
      await redis.remove();
      await postgres.remove();
      await rm(folder, { recursive: true });
    },
  };
}

function serviceKeys({ inferenceKey, adminKey }: { inferenceKey: string; adminKey: string }): string {
  return JSON.stringify([
    { name: 'inference', key: inferenceKey, scopes: ['models:read', 'artifacts:read'] },
    { name: 'admin', key: adminKey, scopes: SCOPES },
  ]);
}

function mlflowSettings({ url, username, password }: OwnMlflow): Record<string, string> {
  return { MLFLOW_TRACKING_URI: url, MLFLOW_USERNAME: username, MLFLOW_PASSWORD: password };
}

interface Inference {
  readonly url: string;
  start(apiUrl: string, key: string): Promise<void>;
  stop(): Promise<void>;
}

/** Inference as it is built; its port is known before it starts. */
async function inferencePart(folder: string, logging: LoggingProcess, model: string): Promise<Inference> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  let app: ManagedProcess | undefined;
  return {
    url,
    start: async (apiUrl, key) => {
      app = await startProcess({
        name: 'inference',
        command: process.execPath,
        args: [path.join(workspaceRoot, 'dist/apps/inference/main.js')],
        env: {
          ...hostEnvironment(),
          HOST: '127.0.0.1',
          PORT: String(port),
          MODELS: `${model}@production`,
          MLFLOW_TRACKING_URI: `${apiUrl}/api/mlflow`,
          MLFLOW_TRACKING_TOKEN: key,
          LOGGING_URL: logging.url,
          MODEL_CACHE_DIR: path.join(folder, 'models'),
          LOG_SPOOL_DIR: path.join(folder, 'events'),
          MODEL_POLL_INTERVAL_MS: '500',
        },
        cwd: workspaceRoot,
        logFile: path.join(folder, 'inference.log'),
        graceMs: 30_000,
      });
      await waitUntilReady(app, () => answers(`${url}/live`), READY_TIMEOUT_MS);
    },
    stop: async () => {
      await app?.stop();
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok === true;
}
