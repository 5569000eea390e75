import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startOwnMlflow, startOwnPostgres, type TestStack } from '@tidegate/testing';

export interface SharedStack {
  /** The file that names the parts; see {@link TestStack}. */
  file: string;
  remove(): Promise<void>;
}

/** Starts the PostgreSQL and the MLflow that all integration tests of a run share. */
export async function startSharedStack(): Promise<SharedStack> {
  const postgres = await startOwnPostgres();
  try {
    const mlflow = await startOwnMlflow(postgres);
    const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-stack-'));
    const file = path.join(folder, 'stack.json');
    const { url, username, password } = mlflow;
    const stack: TestStack = {
      postgres: { adminUrl: postgres.adminUrl },
      mlflow: { url, username, password },
    };
    await writeFile(file, JSON.stringify(stack), { mode: 0o600 });
    return {
      file,
      remove: async () => {
        await mlflow.remove();
        await postgres.remove();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await postgres.remove();
    throw error;
  }
}
