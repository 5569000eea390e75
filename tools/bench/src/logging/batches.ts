import type { OwnPostgres } from '@tidegate/testing';
import { spreadOf, type Spread } from '../statistics';
import type { Workbench } from '../workbench';
import type { LoadGenerator } from '../wrk';
import { LABELS } from './labels';
import { startLoggingApp } from './logging-app';
import type { BenchOptions } from './options';
import { freshEvents } from './prediction-events';
import { withClient } from './prediction-store';

export interface BatchRow {
  readonly label: string;
  /** Rows of the table in each second. */
  readonly perSecond: Spread;
}

export interface Batches {
  readonly eventsPerRequest: number;
  readonly connections: number;
  readonly rows: readonly BatchRow[];
}

const EVENTS = 1000;
const CONNECTIONS = 4;
const WARM_UP_SECONDS = 5;
const COPIED_ROWS = 100_000;
const COLUMNS = 'id, day, predicted_at, model, version, alias, outputs, latency_ms, is_defect, request_id';

/**
 * Large requests, in turn with COPY of rows the app stored (with other ids) into the same table, from a file on the server:
 * what PostgreSQL can do here at most.
 */
export async function measureBatches(
  bench: Workbench,
  postgres: OwnPostgres,
  load: LoadGenerator,
  { rounds, seconds }: BenchOptions,
): Promise<Batches> {
  const databaseUrl = await postgres.createDatabase('batches');
  const app = await startLoggingApp(bench, { label: LABELS.logging, name: 'logging-batches', databaseUrl });
  const scenario = freshEvents(EVENTS, new Date());
  bench.say(`requests of ${EVENTS} events, and COPY`);
  await load.send(app.target, scenario, { connections: CONNECTIONS, seconds: WARM_UP_SECONDS });
  const stored: number[] = [];
  const copied: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const { perSecond } = await load.send(app.target, scenario, { connections: CONNECTIONS, seconds });
    stored.push(perSecond * EVENTS);
    copied.push(await copyRows(databaseUrl, round));
  }
  await app.stop();
  return {
    eventsPerRequest: EVENTS,
    connections: CONNECTIONS,
    rows: [
      { label: LABELS.logging, perSecond: spreadOf(stored) },
      { label: LABELS.copy, perSecond: spreadOf(copied) },
    ],
  };
}

/** @returns rows per second, the commit included */
function copyRows(databaseUrl: string, round: number): Promise<number> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ folder: string }>(
      `SELECT current_setting('data_directory') AS folder`,
    );
    const file = `${rows[0]?.folder}/copied-${round}`;
    await client.query(
      `COPY (SELECT 'copy-${round}-' || ${COLUMNS} FROM predictions WHERE id NOT LIKE 'copy-%' LIMIT ${COPIED_ROWS}) TO '${file}'`,
    );
    const startedMs = performance.now();
    const { rowCount } = await client.query(`COPY predictions (${COLUMNS}) FROM '${file}'`);
    const tookMs = performance.now() - startedMs;
    return ((rowCount ?? NaN) / tookMs) * 1000;
  });
}
