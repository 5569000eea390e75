import type { Scenario } from './scenario';
import { spreadOf, type Spread } from './statistics';
import type { Target } from './target';
import type { LoadFigures, LoadGenerator } from './wrk';

/** A server and the request it gets. */
export interface Contender {
  readonly label: string;
  readonly target: Target;
  readonly scenario: Scenario;
}

export interface RateRow {
  readonly label: string;
  readonly perSecond: Spread;
  /** Medians of the rounds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUs: number | undefined;
  /** Requests of all rounds together. */
  readonly refused: number;
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
  /** How long compilers get before figures count. */
  readonly warmUpSeconds: number;
  /** As in `Load`. @default 0 */
  readonly refusedPercent?: number;
}

/** The contenders take turns in every round, so that a busy moment of the machine meets all of them. */
export async function measureRates(
  generator: LoadGenerator,
  contenders: readonly Contender[],
  { rounds, seconds, warmUpSeconds, ...load }: RateOptions,
): Promise<readonly RateRow[]> {
  for (const { target, scenario } of contenders)
    await generator.send(target, scenario, { ...load, seconds: warmUpSeconds });
  const figures = new Map(contenders.map((contender) => [contender, [] as LoadFigures[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [{ target, scenario }, measured] of figures)
      measured.push(await generator.send(target, scenario, { ...load, seconds }));
  }
  return [...figures].map(([{ label }, measured]) => rateRow(label, measured));
}

function rateRow(label: string, rounds: readonly LoadFigures[]): RateRow {
  const cpu = rounds.flatMap(({ cpuUs }) => (cpuUs === undefined ? [] : [cpuUs]));
  return {
    label,
    perSecond: spreadOf(rounds.map(({ perSecond }) => perSecond)),
    p50Ms: spreadOf(rounds.map(({ p50Ms }) => p50Ms)).median,
    p99Ms: spreadOf(rounds.map(({ p99Ms }) => p99Ms)).median,
    cpuUs: cpu.length === 0 ? undefined : spreadOf(cpu).median,
    refused: rounds.reduce((total, { refused }) => total + refused, 0),
  };
}
