import { spreadOf, type Spread } from '../statistics';
import type { Contestant } from './contestants';

export interface Measurement {
  readonly contestant: Contestant;
  readonly perSecond: Spread;
}

export interface MeasureOptions {
  readonly rounds: number;
  readonly roundMs: number;
}

/** Lets the contestants take turns, so that a busy moment of the machine meets all of them. */
export async function measure(
  contestants: readonly Contestant[],
  { rounds, roundMs }: MeasureOptions,
): Promise<readonly Measurement[]> {
  const rates = new Map(contestants.map((contestant) => [contestant, [] as number[]]));
  for (const { run } of contestants) await rateOf(run, roundMs / 4);
  for (let round = 0; round < rounds; round += 1) {
    for (const [contestant, measured] of rates) measured.push(await rateOf(contestant.run, roundMs));
  }
  return [...rates].map(([contestant, measured]) => ({ contestant, perSecond: spreadOf(measured) }));
}

async function rateOf(run: Contestant['run'], forMs: number): Promise<number> {
  const startedAtMs = performance.now();
  let done = 0;
  let elapsedMs = 0;
  for (let batch = 10; elapsedMs < forMs; batch = Math.min(batch * 2, 10_000)) {
    await run(batch);
    done += batch;
    elapsedMs = performance.now() - startedAtMs;
  }
  return (done / elapsedMs) * 1000;
}
