import path from 'node:path';
import { findFreePort, hostEnvironment, startProcess, waitUntilReady } from '@tidegate/local-parts';
import { workspaceRoot } from './workspace';

const READY_TIMEOUT_MS = 60_000;

export interface ApiProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The api as it is built (`nx build api`), as a process of its own, for tests in which the process matters; its log is
 * `api.log` in the folder. Resolves when it is ready.
 */
export async function startApiProcess(
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<ApiProcess> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const api = await startProcess({
    name: 'The api',
    command: process.execPath,
    args: [path.join(workspaceRoot, 'dist/apps/api/main.js')],
    env: { ...hostEnvironment(), HOST: '127.0.0.1', PORT: String(port), ...settings },
    cwd: workspaceRoot,
    logFile: path.join(folder, 'api.log'),
  });
  await waitUntilReady(api, () => isReady(url), READY_TIMEOUT_MS);
  return { url, stop: () => api.stop() };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/ready`)).ok;
  } catch {
    return false;
  }
}
