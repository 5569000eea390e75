import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureWorkspacePython, startMlflow, type LocalPostgres } from '@tidegate/local-parts';
import { workspaceRoot } from './workspace';

/** How to reach a real MLflow server with basic authentication, as its administrator. */
export interface TestMlflow {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** An MLflow server of the test's own, which it may stop and start again. */
export interface OwnMlflow extends TestMlflow {
  readonly port: number;
  stop(): Promise<void>;
  /** Starts it again with its data, on the same port. */
  start(): Promise<void>;
  /** Stops it and removes its files; its databases stay on the PostgreSQL server. */
  remove(): Promise<void>;
}

export interface OwnMlflowOptions {
  /** Path under which MLflow serves everything, for example `/mlflow`. */
  staticPrefix?: string;
  /** Host headers to accept besides 127.0.0.1 and localhost. */
  allowedHosts?: readonly string[];
}

/** Starts a throw-away server (about 10 s) with two new databases on this PostgreSQL; remember to `remove()` it. */
export async function startOwnMlflow(
  postgres: Pick<LocalPostgres, 'createDatabase'>,
  options: OwnMlflowOptions = {},
): Promise<OwnMlflow> {
  const { venvDir } = await ensureWorkspacePython(workspaceRoot, reportProgress);
  const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-mlflow-'));
  const name = `mlflow_${randomBytes(6).toString('hex')}`;
  const settings = {
    ...options,
    venvDir,
    backendUri: await postgres.createDatabase(name),
    authDatabaseUri: await postgres.createDatabase(`${name}_auth`),
    artifactsDir: path.join(folder, 'artifacts'),
    workDir: folder,
    logFile: path.join(folder, 'mlflow.log'),
    adminUsername: 'admin',
    adminPassword: randomBytes(12).toString('hex'),
    flaskSecretKey: randomBytes(24).toString('hex'),
  };
  let server = await startMlflow({ ...settings, port: 0 });
  const { url, port } = server;
  return {
    url,
    port,
    username: settings.adminUsername,
    password: settings.adminPassword,
    stop: () => server.stop(),
    start: async () => {
      server = await startMlflow({ ...settings, port });
    },
    remove: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** To the terminal: the first time, this takes longer than a test may be silent. */
function reportProgress(line: string): void {
  process.stderr.write(`${line}\n`);
}
