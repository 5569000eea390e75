import { findFreePort } from '@tidegate/local-parts';
import { bundleOf } from '../build-app';
import type { Target } from '../target';
import type { Workbench } from '../workbench';

const ANSWER_MS = 5_000;

/** A running prediction log. */
export interface LoggingApp {
  readonly target: Target;
  stop(): Promise<void>;
}

export interface AppSettings {
  readonly label: string;
  /** In file names; different for each start. */
  readonly name: string;
  readonly databaseUrl: string;
  /** @default the app's own defaults */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts apps/logging as it is built; returns when it takes events. */
export async function startLoggingApp(
  bench: Workbench,
  { label, name, databaseUrl, environment }: AppSettings,
): Promise<LoggingApp> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await bench.start({
    name,
    command: [process.execPath, bundleOf('logging')],
    port,
    environment: {
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      ...environment,
    },
    isReady: () => takesCommits(url),
  });
  return { target: { label, url, pid: server.pid, headers: {} }, stop: () => server.stop() };
}

/** Whether events go to the database, not to a spool or nowhere. */
export async function takesCommits(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const { db_initialized: isInitialized } = (await response.json()) as { db_initialized?: boolean };
    return isInitialized === true;
  } catch {
    return false;
  }
}
