import type { Clock } from '@tidegate/clock';

/** Weight of the newest run. */
const ALPHA = 0.2;
/** A run counts as this many times what was expected at most. */
const MOST_GROWTH = 3;
/** Whatever runs this short may run together. */
const SHORT_RUN_MS = 5;
/** Sizes that were found too slow are tried again after this long: a pause of the machine must not count for ever. */
const FORGET_AFTER_MS = 10_000;

/**
 * How long runs take by their number of rows: a moving average for each power of two. A size that was never run is
 * taken to be as fast as the next smaller one, so that it is tried.
 */
export class BatchDurations {
  /** By the exponent of the power of two, in milliseconds. */
  private readonly averages: (number | undefined)[] = [];
  private readonly measuredAtMs: number[] = [];

  /** @param warmRunMs what a run of one row took when the model was loaded; undefined: not known */
  constructor(
    private readonly clock: Clock,
    warmRunMs: number | undefined,
  ) {
    if (warmRunMs !== undefined) this.averages[0] = warmRunMs;
  }

  note(rows: number, durationMs: number): void {
    const bucket = bucketOf(rows);
    const before = this.averages[bucket];
    // A pause of the machine in the middle of one run says nothing about the model; if it is slow now, more runs will tell.
    const sampleMs = Math.min(durationMs, MOST_GROWTH * this.slowest(bucket));
    this.averages[bucket] = before === undefined ? sampleMs : before + ALPHA * (sampleMs - before);
    this.measuredAtMs[bucket] = this.clock.monotonicMs();
  }

  /** Milliseconds of a run of `rows`; 0 before the first run. */
  expected(rows: number): number {
    for (let bucket = bucketOf(rows); bucket >= 0; bucket -= 1) {
      const average = this.averages[bucket];
      if (average !== undefined) return average;
    }
    return this.averages.find((average) => average !== undefined) ?? 0;
  }

  /** Rows cost at most what they cost one after the other. */
  private slowest(bucket: number): number {
    for (let known = bucket; known >= 0; known -= 1) {
      const average = this.averages[known];
      if (average !== undefined) return average * 2 ** (bucket - known);
    }
    return Infinity;
  }

  /**
   * The most rows, a power of two up to `maxRows`, that are better run together: their run is expected to last `limitMs` at
   * most and, unless it is short anyway, to be done before they would be on average one after the other. At least 1. Of sizes that may be long and were
   * never run only the next one is tried: seven rows that take seven times as long would make all behind them late.
   */
  rowsWithin(limitMs: number, maxRows: number): number {
    const now = this.clock.monotonicMs();
    let rows = 1;
    while (rows * 2 <= maxRows) {
      const bucket = bucketOf(rows * 2);
      const average = this.averages[bucket];
      if (average === undefined) {
        const mostMs = this.slowest(bucket);
        if (mostMs > SHORT_RUN_MS && mostMs < Infinity) return rows * 2;
      } else if (!this.isWorthWhile(rows * 2, average, limitMs)) {
        return this.isForgotten(bucket, now) ? rows * 2 : rows;
      }
      rows *= 2;
    }
    return rows;
  }

  private isWorthWhile(rows: number, averageMs: number, limitMs: number): boolean {
    if (averageMs <= SHORT_RUN_MS) return true;
    // One after the other they would be done after 1, 2, … runs: together they must be done by the middle of that.
    return averageMs <= limitMs && averageMs <= ((rows + 1) / 2) * this.expected(1);
  }

  private isForgotten(bucket: number, nowMs: number): boolean {
    return nowMs - (this.measuredAtMs[bucket] ?? nowMs) >= FORGET_AFTER_MS;
  }
}

/** The exponent of the smallest power of two that holds `rows`. */
function bucketOf(rows: number): number {
  return 32 - Math.clz32(Math.max(1, rows) - 1);
}
