import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startProcess, waitUntilReady, type ManagedProcess } from './child-process';
import { basicAuthConfig, sqlAlchemyUri } from './mlflow-auth-config';
import { findFreePort } from './ports';
import { pythonOf } from './python-env';
import { pythonEnvironment } from './python-interpreter';

const READY_TIMEOUT_MS = 120_000;
const PROBE_TIMEOUT_MS = 5_000;

export interface MlflowOptions {
  /** Virtual environment with MLflow; see {@link ensureWorkspacePython}. */
  venvDir: string;
  /** Port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** `postgresql://` URL of the tracking and registry database. */
  backendUri: string;
  /** `postgresql://` URL of the database of users and permissions: another one than `backendUri`. */
  authDatabaseUri: string;
  artifactsDir: string;
  /** Working directory; holds basic_auth.ini. */
  workDir: string;
  logFile: string;
  /** Made at the first start with an empty auth database; later ones do not change it. */
  adminUsername: string;
  adminPassword: string;
  /** Signs sessions; the same at every start. */
  flaskSecretKey: string;
  /** Basic authentication; default true. */
  auth?: boolean;
  /** Path under which everything is served, for example `/mlflow`; default none. */
  staticPrefix?: string;
  /** Host headers to accept besides 127.0.0.1 and localhost, for example `mlflow.dev.local:*`. */
  allowedHosts?: readonly string[];
}

export interface LocalMlflow {
  /** Base URL, with the static prefix. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly process: ManagedProcess;
  /** Ends the server and everything it started. */
  stop(): Promise<void>;
}

/**
 * Starts a real MLflow server on 127.0.0.1: PostgreSQL as store, artifacts served from `artifactsDir`, no job
 * runner (8 processes nobody here needs), no telemetry, one worker.
 *
 * @throws LocalPartError `START_FAILED` with the server's last lines
 */
export async function startMlflow(options: MlflowOptions): Promise<LocalMlflow> {
  await mkdir(options.workDir, { recursive: true });
  await mkdir(options.artifactsDir, { recursive: true });
  const authConfigFile = path.join(options.workDir, 'basic_auth.ini');
  await writeFile(authConfigFile, basicAuthConfig(sqlAlchemyUri(options.authDatabaseUri)), { mode: 0o600 });

  const port = options.port === 0 ? await findFreePort() : options.port;
  const server = await startProcess({
    name: 'MLflow',
    command: pythonOf(options.venvDir),
    args: ['-m', 'mlflow', 'server', ...serverArgs(options, port)],
    env: serverEnvironment(options, authConfigFile),
    cwd: options.workDir,
    logFile: options.logFile,
  });
  const url = `http://127.0.0.1:${port}${options.staticPrefix ?? ''}`;
  await waitUntilReady(server, () => isHealthy(url), READY_TIMEOUT_MS);
  return { url, port, pid: server.pid, process: server, stop: () => server.stop() };
}

function serverArgs(
  { auth = true, staticPrefix, artifactsDir, allowedHosts = [] }: MlflowOptions,
  port: number,
): string[] {
  return [
    ...['--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
    ...['--serve-artifacts', '--artifacts-destination', path.resolve(artifactsDir)],
    ...['--allowed-hosts', ['127.0.0.1:*', 'localhost:*', ...allowedHosts].join(',')],
    ...['--uvicorn-opts', '--loop uvloop --http httptools'],
    ...(staticPrefix === undefined ? [] : ['--static-prefix', staticPrefix]),
    ...(auth ? ['--app-name', 'basic-auth'] : []),
  ];
}

/** Secrets go through the environment: arguments can be read by every account of the machine. */
function serverEnvironment(options: MlflowOptions, authConfigFile: string): NodeJS.ProcessEnv {
  return {
    ...pythonEnvironment(['MLFLOW_']),
    MLFLOW_BACKEND_STORE_URI: sqlAlchemyUri(options.backendUri),
    MLFLOW_AUTH_CONFIG_PATH: authConfigFile,
    MLFLOW_AUTH_ADMIN_USERNAME: options.adminUsername,
    MLFLOW_AUTH_ADMIN_PASSWORD: options.adminPassword,
    MLFLOW_FLASK_SERVER_SECRET_KEY: options.flaskSecretKey,
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    PYTHONUNBUFFERED: '1',
  };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
