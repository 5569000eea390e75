import { spreadOf, type Spread } from '../statistics';
import { SCENARIOS } from './scenarios';
import type { Target } from './upstreams';
import type { LoadFigures, LoadGenerator } from './wrk';

export interface RateRow {
  readonly label: string;
  readonly perSecond: Spread;
  /** Medians of the rounds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUs: number | undefined;
}

/** What one kind of request reached everywhere. */
export interface RateTable {
  readonly scenario: string;
  readonly connections: number;
  readonly rows: readonly RateRow[];
}

export interface RateOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
}

/** How long the compiler of Node's engine gets before figures count. */
const WARM_UP_SECONDS = 3;

/** The targets take turns in every round, so that a busy moment of the machine meets all of them. */
export async function measureRates(
  load: LoadGenerator,
  targets: readonly Target[],
  { rounds, seconds, connections }: RateOptions,
): Promise<readonly RateTable[]> {
  const tables: RateTable[] = [];
  for (const scenario of SCENARIOS) {
    for (const target of targets)
      await load.send(target, scenario, { connections, seconds: WARM_UP_SECONDS });
    const figures = new Map(targets.map((target) => [target, [] as LoadFigures[]]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [target, measured] of figures)
        measured.push(await load.send(target, scenario, { connections, seconds }));
    }
    const rows = [...figures].map(([{ label }, measured]) => rateRow(label, measured));
    tables.push({ scenario: scenario.label, connections, rows });
  }
  return tables;
}

function rateRow(label: string, rounds: readonly LoadFigures[]): RateRow {
  const cpu = rounds.flatMap(({ cpuUs }) => (cpuUs === undefined ? [] : [cpuUs]));
  return {
    label,
    perSecond: spreadOf(rounds.map(({ perSecond }) => perSecond)),
    p50Ms: spreadOf(rounds.map(({ p50Ms }) => p50Ms)).median,
    p99Ms: spreadOf(rounds.map(({ p99Ms }) => p99Ms)).median,
    cpuUs: cpu.length === 0 ? undefined : spreadOf(cpu).median,
  };
}
