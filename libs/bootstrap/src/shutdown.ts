import { setTimeout as wait } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import type { DrainState } from '@tidegate/health';
import type { Logger } from 'pino';
import type { CloseIdleConnections } from './idle-connections';

export interface ShutdownSettings {
  readonly readinessGraceMs: number;
  readonly drainTimeoutMs: number;
}

/** Stops the service once, however often it is called. `false`: the drain timeout ended it early. */
export type Shutdown = (reason: string) => Promise<boolean>;

const IDLE_SWEEP_MS = 50;

/**
 * The order of a stop: readiness says 503 at once; after the grace time the server takes no new connections and
 * finishes running requests; then Nest's shutdown hooks flush and close (`onApplicationShutdown`).
 */
export function createShutdown(
  app: INestApplication,
  drain: DrainState,
  closeIdleConnections: CloseIdleConnections,
  logger: Logger,
  settings: ShutdownSettings,
): Shutdown {
  let stopping: Promise<boolean> | undefined;
  const stop = async (reason: string): Promise<boolean> => {
    logger.info({ reason }, 'stopping: not ready any more, finishing what runs');
    drain.begin();
    await wait(settings.readinessGraceMs);
    const abandon = new AbortController();
    const deadline = wait(settings.drainTimeoutMs, false, { signal: abandon.signal }).catch(() => true);
    const isClosed = await Promise.race([closeAll(app, closeIdleConnections).then(() => true), deadline]);
    abandon.abort();
    if (isClosed) logger.info('stopped');
    else
      logger.error(
        { drainTimeoutMs: settings.drainTimeoutMs },
        'the drain timeout passed before everything was closed',
      );
    return isClosed;
  };
  return (reason) => (stopping ??= stop(reason));
}

/** A connection whose last request ends during the stop would stay open until its keep-alive time is over. */
async function closeAll(app: INestApplication, closeIdleConnections: CloseIdleConnections): Promise<void> {
  const sweep = setInterval(closeIdleConnections, IDLE_SWEEP_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}
