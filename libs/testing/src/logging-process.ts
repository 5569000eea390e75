import path from 'node:path';
import {
  findFreePort,
  hostEnvironment,
  startProcess,
  waitUntilReady,
  type ManagedProcess,
} from '@tidegate/local-parts';
import { workspaceRoot } from './workspace';

const READY_TIMEOUT_MS = 60_000;

/** The prediction log as it is built (`nx build logging`), as a process of its own on a port that stays the same. */
export interface LoggingProcess {
  readonly url: string;
  /** Of the process that runs now, for figures about it. */
  readonly pid: number;
  /** Resolves when it listens; it need not be ready. */
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>;
}

/** Starts it; its log is `logging.log` in the folder. */
export async function startLoggingProcess(
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<LoggingProcess> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const start = async (): Promise<ManagedProcess> => {
    const app = await startProcess({
      name: 'logging',
      command: process.execPath,
      args: [path.join(workspaceRoot, 'dist/apps/logging/main.js')],
      env: { ...hostEnvironment(), HOST: '127.0.0.1', PORT: String(port), ...settings },
      cwd: workspaceRoot,
      logFile: path.join(folder, 'logging.log'),
      graceMs: 30_000,
    });
    await waitUntilReady(app, () => isAlive(url), READY_TIMEOUT_MS);
    return app;
  };
  let app = await start();
  return {
    url,
    get pid() {
      return app.pid;
    },
    start: async () => {
      if (app.exit) app = await start();
    },
    kill: () => app.stop({ signal: 'SIGKILL' }),
    stop: async () => {
      await app.stop();
      return (await app.exited).code;
    },
  };
}

/** Whether nothing waits in its spool, which it has opened. */
export async function isSpoolEmpty(url: string): Promise<boolean> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const has = (metric: string, value: number): boolean =>
    new RegExp(`^${metric}\\{[^}]*\\} ${value}$`, 'm').test(metrics);
  return has('logging_spool_ready', 1) && has('logging_spool_records', 0);
}

async function isAlive(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/live`)).ok;
  } catch {
    return false;
  }
}
