/** Of the rounds of one measurement. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws Error when nothing was measured */
export function spreadOf(values: readonly number[]): Spread {
  return { median: percentile(values, 50), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * The smallest value that `percent` % of the values do not exceed; the median of an even number is the mean of both in
 * the middle.
 *
 * @throws Error when nothing was measured
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const rank = (sorted.length * percent) / 100;
  const at = Math.max(Math.ceil(rank) - 1, 0);
  const value = sorted[at];
  if (value === undefined) throw new Error('Nothing was measured: a percentile needs at least one value');
  if (percent !== 50 || !Number.isInteger(rank)) return value;
  return (value + (sorted[at + 1] ?? value)) / 2;
}
