import type { OwnPostgres } from '@tidegate/testing';
import { buildApp } from '../build-app';
import { describeMachine } from '../machine';
import { PartAttempts } from '../part-attempts';
import type { Workbench } from '../workbench';
import { LoadGenerator } from '../wrk';
import { measureBatches } from './batches';
import { measureCrashes } from './crashes';
import type { Measured } from './goals';
import type { BenchOptions, Part } from './options';
import { measureOutage } from './outage';
import { startDurablePostgres } from './prediction-store';
import { measureReading } from './reading';
import type { Run } from './report';
import { measureSingles } from './singles';

/** Starts what each part needs, measures it and ends it. */
export async function runBench(bench: Workbench, options: BenchOptions): Promise<Run> {
  const machine = describeMachine(new Date());
  const load = new LoadGenerator(bench);
  bench.say('building apps/logging');
  await buildApp('logging');
  const attempts = new PartAttempts(bench.say);
  /** With a PostgreSQL of its own: what one part leaves behind must not slow the next. */
  const part = async <Name extends Part>(
    name: Name,
    measure: (postgres: OwnPostgres) => Promise<Measured[Name]>,
  ): Promise<Measured> => {
    if (!options.parts.has(name)) return {};
    const figures = await attempts.run(name, async () => {
      const postgres = await startDurablePostgres(bench);
      try {
        return await measure(postgres);
      } finally {
        await postgres.stop();
      }
    });
    return figures === undefined ? {} : { [name]: figures };
  };
  const measured: Measured = {
    ...(await part('singles', (postgres) => measureSingles(bench, postgres, load, options))),
    ...(await part('batches', (postgres) => measureBatches(bench, postgres, load, options))),
    ...(await part('reading', (postgres) => measureReading(bench, postgres, options.millionRows))),
    ...(await part('crashes', () => measureCrashes(bench, options.crashRounds))),
    ...(await part('outage', (postgres) => measureOutage(bench, postgres, options.outageMinutes))),
  };
  return { machine, cores: bench.cores.description, measured, failures: attempts.failures };
}
