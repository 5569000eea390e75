import { percentile } from './statistics';

/** Memory of a process over a stretch of work. */
export interface MemoryTrend {
  /** Medians of the second and of the last quarter. */
  readonly earlyMegabytes: number;
  readonly lateMegabytes: number;
  readonly highestMegabytes: number;
}

/**
 * The first quarter does not count: caches fill and compiled code grows then, and that ends. What goes on growing after
 * it does not end.
 *
 * @throws Error when there are fewer than four samples
 */
export function memoryTrend(megabytes: readonly number[]): MemoryTrend {
  const quarter = Math.floor(megabytes.length / 4);
  if (quarter === 0)
    throw new Error(`${megabytes.length} samples of memory, expected 4 at least: measure for longer`);
  return {
    earlyMegabytes: percentile(megabytes.slice(quarter, 2 * quarter), 50),
    lateMegabytes: percentile(megabytes.slice(-quarter), 50),
    highestMegabytes: Math.max(...megabytes),
  };
}
