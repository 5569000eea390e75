import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  ensureWorkspacePython,
  findFreePort,
  pythonEnvironment,
  startProcess,
  waitUntilReady,
} from '@tidegate/local-parts';
import { workspaceRoot } from '@tidegate/testing';

const READY_TIMEOUT_MS = 120_000;

export interface BareMlflow {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * MLflow as many have it first: without accounts, on SQLite, and its clients read and write artifacts at their place
 * themselves.
 *
 * @param artifactRoot a folder, or an `s3:` URI
 * @param variables for the server's own access to it
 */
export async function startBareMlflow(
  folder: string,
  artifactRoot: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<BareMlflow> {
  const { python } = await ensureWorkspacePython(workspaceRoot, (line) => process.stderr.write(`${line}\n`));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const own = path.join(folder, `mlflow-${randomBytes(4).toString('hex')}`);
  mkdirSync(own);
  const server = await startProcess({
    name: 'MLflow',
    command: python,
    args: [
      ...['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${own}/mlflow.db`],
      ...['--no-serve-artifacts', '--default-artifact-root', artifactRoot],
    ],
    env: {
      ...pythonEnvironment(['MLFLOW_', 'AWS_']),
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      ...variables,
    },
    cwd: own,
    logFile: path.join(own, 'mlflow.log'),
  });
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitUntilReady(server, isReady, READY_TIMEOUT_MS);
  return { url, stop: () => server.stop() };
}
