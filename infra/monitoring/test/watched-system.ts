import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { generateApiKey, SCOPES } from '@tidegate/api-keys';
import { findFreePort, hostEnvironment, startProcess, waitUntilReady } from '@tidegate/local-parts';
import {
  FaultyDnsServer,
  startApiProcess,
  startLoggingProcess,
  startOwnMlflow,
  startOwnPostgres,
  trainSampleModel,
  workspaceRoot,
  type ApiProcess,
  type LoggingProcess,
  type OwnMlflow,
  type OwnPostgres,
} from '@tidegate/testing';

const MLFLOW_NAME = 'mlflow.tidegate-test.local';
const START_TIMEOUT_MS = 60_000;

/** The three apps as they are built, with real parts behind them, each of which the test can take away. */
export interface WatchedSystem {
  readonly api: ApiProcess;
  readonly inferenceUrl: string;
  readonly logging: LoggingProcess;
  readonly mlflow: OwnMlflow;
  /** Of the api and the prediction log; MLflow has its own. */
  readonly postgres: OwnPostgres;
  /** Knows MLflow for a second at a time. */
  readonly dns: FaultyDnsServer;
  /** A key with every scope. */
  readonly key: string;
  /** Points the alias `production`, which inference follows, at the only version there is. */
  releaseModel(): Promise<void>;
  remove(): Promise<void>;
}

/** Inference waits for an alias that is not there yet. */
export async function startWatchedSystem(folder: string): Promise<WatchedSystem> {
  const [postgres, mlflowPostgres, dns] = await Promise.all([
    startOwnPostgres(),
    startOwnPostgres(),
    FaultyDnsServer.start(),
  ]);
  dns.answer(MLFLOW_NAME, { addresses: ['127.0.0.1'], ttlSeconds: 1 });
  const mlflow = await startOwnMlflow(mlflowPostgres, { allowedHosts: [`${MLFLOW_NAME}:*`] });
  const { name, version } = await trainSampleModel(mlflow, { alias: '' });
  const secrets = { key: newKey(), inferenceKey: newKey(), internalToken: randomBytes(24).toString('hex') };
  const logging = await startLoggingProcess(folder, {
    DATABASE_URL: await postgres.createDatabase('logging_db'),
    SPOOL_DIR: path.join(folder, 'logging-spool'),
    SPOOL_IS_DURABLE: 'true',
    INTERNAL_TOKEN: secrets.internalToken,
    DEFECT_RULES: JSON.stringify({ digits: { output: 'label', labels: ['8'] } }),
  });
  const inferencePort = await findFreePort();
  const api = await startApiProcess(folder, {
    TIDEGATE_ENVIRONMENT: 'test',
    DATABASE_URL: await postgres.createDatabase('api_db'),
    MLFLOW_TRACKING_URI: `http://${MLFLOW_NAME}:${mlflow.port}`,
    MLFLOW_FALLBACK_IP: '127.0.0.1',
    MLFLOW_USERNAME: mlflow.username,
    MLFLOW_PASSWORD: mlflow.password,
    DNS_SERVERS: dns.address,
    INFERENCE_URL: `http://127.0.0.1:${inferencePort}`,
    LOGGING_URL: logging.url,
    INTERNAL_TOKEN: secrets.internalToken,
    API_KEY_PEPPER: randomBytes(24).toString('hex'),
    API_SERVICE_KEYS: JSON.stringify([
      { name: 'test', key: secrets.key, scopes: SCOPES, rate_class: 'unlimited' },
      { name: 'inference', key: secrets.inferenceKey, scopes: ['models:read', 'artifacts:read'] },
    ]),
  });
  const inference = await startInference(folder, inferencePort, {
    MODELS: `${name}@production`,
    MODEL_CACHE_DIR: path.join(folder, 'models'),
    MODEL_POLL_INTERVAL_MS: '500',
    MLFLOW_TRACKING_URI: `${api.url}/api/mlflow`,
    MLFLOW_TRACKING_TOKEN: secrets.inferenceKey,
    LOGGING_URL: logging.url,
    LOG_SPOOL_DIR: path.join(folder, 'inference-spool'),
    INTERNAL_TOKEN: secrets.internalToken,
  });
  return {
    api,
    inferenceUrl: inference.url,
    logging,
    mlflow,
    postgres,
    dns,
    key: secrets.key,
    releaseModel: () => setAlias(mlflow, { name, version, alias: 'production' }),
    remove: async () => {
      await inference.stop();
      await api.stop();
      await logging.stop();
      await mlflow.remove();
      await Promise.all([mlflowPostgres.remove(), postgres.remove(), dns.stop()]);
    },
  };
}

function newKey(): string {
  return generateApiKey({ environment: 'test' }).text;
}

async function startInference(
  folder: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<{ url: string; stop(): Promise<void> }> {
  const url = `http://127.0.0.1:${port}`;
  const app = await startProcess({
    name: 'inference',
    command: process.execPath,
    args: [path.join(workspaceRoot, 'dist/apps/inference/main.js')],
    env: { ...hostEnvironment(), HOST: '127.0.0.1', PORT: String(port), ...settings },
    cwd: workspaceRoot,
    logFile: path.join(folder, 'inference.log'),
    graceMs: 30_000,
  });
  const isAlive = (): Promise<boolean> =>
    fetch(`${url}/live`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitUntilReady(app, isAlive, START_TIMEOUT_MS);
  return { url, stop: () => app.stop() };
}

async function setAlias(
  { url, username, password }: OwnMlflow,
  alias: { name: string; version: string; alias: string },
): Promise<void> {
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  const answer = await fetch(`${url}/api/2.0/mlflow/registered-models/alias`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${credentials}` },
    body: JSON.stringify(alias),
  });
  if (!answer.ok) throw new Error(`MLflow did not set the alias: ${answer.status} ${await answer.text()}`);
}
