import { crashLogging, type CrashReport } from '@tidegate/testing';
import type { Workbench } from '../workbench';

export interface CrashFigures extends Pick<CrashReport, 'acknowledged' | 'stored' | 'victims'> {
  readonly hasSpool: boolean;
  readonly rounds: number;
  readonly lost: number;
  readonly twice: number;
  /** Of roll-ups, by the minute and by the hour, that are not what SQL counts. */
  readonly wrongRollups: number;
}

/** Half of the rounds without a spool, half with one. */
export async function measureCrashes(bench: Workbench, rounds: number): Promise<readonly CrashFigures[]> {
  const figures: CrashFigures[] = [];
  for (const hasSpool of [false, true]) {
    const own = hasSpool ? Math.ceil(rounds / 2) : Math.floor(rounds / 2);
    bench.say(`${own} crashes ${hasSpool ? 'with' : 'without'} a durable spool`);
    const report = await crashLogging({ rounds: own, random: Math.random, hasSpool });
    const { acknowledged, stored, victims, lost, twice, wrongRollups } = report;
    figures.push({
      ...{ hasSpool, rounds: own, acknowledged, stored, victims },
      ...{ lost: lost.length, twice: twice.length, wrongRollups: wrongRollups.length },
    });
  }
  return figures;
}
