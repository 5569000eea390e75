const HOUR_MS = 3_600_000;

/** One range of a roll-up table. */
export interface RollupRange {
  readonly table: 'prediction_rollups' | 'prediction_rollup_hours';
  readonly column: 'minute' | 'hour';
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Where to read a range from: its whole hours from the level of hours, as far as the buckets are made of such, and what is
 * left at its edges from the minutes.
 */
export function rollupRanges(query: {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketSeconds: number;
}): RollupRange[] {
  const { fromMs, toMs } = query;
  const minutes = { table: 'prediction_rollups', column: 'minute' } as const;
  const firstHourMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const endHourMs = Math.floor(toMs / HOUR_MS) * HOUR_MS;
  if ((query.bucketSeconds * 1000) % HOUR_MS !== 0 || firstHourMs >= endHourMs)
    return [{ ...minutes, fromMs, toMs }];
  const ranges: RollupRange[] = [
    { ...minutes, fromMs, toMs: firstHourMs },
    { table: 'prediction_rollup_hours', column: 'hour', fromMs: firstHourMs, toMs: endHourMs },
    { ...minutes, fromMs: endHourMs, toMs },
  ];
  return ranges.filter((range) => range.fromMs < range.toMs);
}
