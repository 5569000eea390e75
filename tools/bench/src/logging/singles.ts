import type { OwnPostgres } from '@tidegate/testing';
import { measureRates, type RateTable } from '../rates';
import type { Workbench } from '../workbench';
import type { LoadGenerator } from '../wrk';
import { LABELS } from './labels';
import { startLoggingApp } from './logging-app';
import type { BenchOptions } from './options';
import { freshEvents } from './prediction-events';

export const SINGLE_CONNECTIONS = [1, 64, 256];
const WARM_UP_SECONDS = 3;

/** Requests of one event, with group commit and without, each into a database of its own on one server. */
export async function measureSingles(
  bench: Workbench,
  postgres: OwnPostgres,
  load: LoadGenerator,
  { rounds, seconds }: BenchOptions,
): Promise<readonly RateTable[]> {
  const grouped = await startLoggingApp(bench, {
    label: LABELS.logging,
    name: 'logging',
    databaseUrl: await postgres.createDatabase('grouped'),
  });
  const alone = await startLoggingApp(bench, {
    label: LABELS.oneCommitEach,
    name: 'logging-one-commit-each',
    databaseUrl: await postgres.createDatabase('alone'),
    environment: { MAX_BATCH_EVENTS: '1' },
  });
  const scenario = freshEvents(1, new Date());
  const contenders = [grouped, alone].map(({ target }) => ({ label: target.label, target, scenario }));
  const tables: RateTable[] = [];
  for (const connections of SINGLE_CONNECTIONS) {
    bench.say(`requests of one event, ${connections} connections`);
    const options = { rounds, seconds, connections, warmUpSeconds: WARM_UP_SECONDS };
    tables.push({
      scenario: scenario.label,
      connections,
      rows: await measureRates(load, contenders, options),
    });
  }
  await Promise.all([grouped.stop(), alone.stop()]);
  return tables;
}
