import { spreadOf, type Spread } from '../statistics';
import { GET_RUN } from './scenarios';
import type { Target } from '../target';
import type { LoadGenerator } from '../wrk';

/** What a target adds to the upstream's own time, one request after the other. */
export interface LatencyRow {
  readonly label: string;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  /** To the p50 of the upstream in the same round; the first row is the upstream itself. */
  readonly addedP50Ms: Spread;
}

interface Turn {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** @param targets the upstream first */
export async function measureLatency(
  load: LoadGenerator,
  targets: readonly Target[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<readonly LatencyRow[]> {
  const turns = new Map(targets.map((target) => [target, [] as Turn[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [target, measured] of turns)
      measured.push(await load.send(target, GET_RUN, { connections: 1, seconds }));
  }
  const direct = [...turns.values()][0] ?? [];
  return [...turns].map(([{ label }, measured]) => ({
    label,
    p50Ms: spreadOf(measured.map(({ p50Ms }) => p50Ms)),
    p99Ms: spreadOf(measured.map(({ p99Ms }) => p99Ms)),
    addedP50Ms: spreadOf(measured.map(({ p50Ms }, round) => p50Ms - (direct[round]?.p50Ms ?? NaN))),
  }));
}
