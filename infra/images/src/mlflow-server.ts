import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort, startProcess, waitUntilReady } from '@tidegate/local-parts';
import { mlflowProgram, programEnvironment } from './mlflow-program';

const READY_TIMEOUT_MS = 120_000;

export interface MlflowLogin {
  readonly username: string;
  readonly password: string;
}

/** The server of the image's command `serve`. */
export interface MlflowServer {
  readonly url: string;
  readonly administrator: MlflowLogin;
  stop(): Promise<void>;
}

/** @param databases variables that say where the databases are; their schemas must be there */
export async function startMlflowServer(databases: Readonly<Record<string, string>>): Promise<MlflowServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-image-mlflow-'));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const administrator = { username: 'admin', password: 'a-long-admin-password' };
  const { python, env } = await programEnvironment({
    ...databases,
    MLFLOW_HOST: '127.0.0.1',
    MLFLOW_PORT: String(port),
    MLFLOW_ARTIFACTS_DESTINATION: `file://${folder}/artifacts`,
    MLFLOW_ALLOWED_HOSTS: 'mlflow.example',
    MLFLOW_ADMIN_USERNAME: administrator.username,
    MLFLOW_ADMIN_PASSWORD: administrator.password,
    MLFLOW_FLASK_SECRET_KEY: 'a-long-flask-key',
  });
  const server = await startProcess({
    name: 'MLflow',
    command: python,
    args: [mlflowProgram, 'serve'],
    env,
    cwd: folder,
    logFile: path.join(folder, 'mlflow.log'),
  });
  await waitUntilReady(server, () => isHealthy(url), READY_TIMEOUT_MS);
  return {
    url,
    administrator,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}
