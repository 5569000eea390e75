/** An empty bin counts as this share of its window, so that the logarithm stays finite. */
export const EMPTY_BIN_SHARE = 1e-4;

export type DriftVerdict = 'stable' | 'moderate' | 'major';

/**
 * Population stability index, sum of (p - q) ln(p / q) over the bins with p and q the shares of the two windows; the same
 * as Jeffreys' divergence. Null when a window is empty.
 */
export function populationStability(current: readonly number[], reference: readonly number[]): number | null {
  const currentTotal = sum(current);
  const referenceTotal = sum(reference);
  if (currentTotal === 0 || referenceTotal === 0) return null;
  return current.reduce((index, count, bin) => {
    const p = Math.max(count / currentTotal, EMPTY_BIN_SHARE);
    const q = Math.max((reference[bin] ?? 0) / referenceTotal, EMPTY_BIN_SHARE);
    return index + (p - q) * Math.log(p / q);
  }, 0);
}

/** The bounds in use since Siddiqi, Credit Risk Scorecards (2006): below 0.1, below 0.25, and more. */
export function driftVerdict(index: number): DriftVerdict {
  if (index < 0.1) return 'stable';
  return index < 0.25 ? 'moderate' : 'major';
}

export function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
