import type { MemoryTrend } from './memory-growth';

/** One thing that should be reached, and what was. */
export interface Goal {
  readonly what: string;
  readonly reached: number;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly unit?: string;
}

export function isReached({ reached, atLeast = -Infinity, atMost = Infinity }: Goal): boolean {
  return reached >= atLeast && reached <= atMost;
}

/** What allocators keep or give back between two looks; a leak is more. */
const GROWTH_MEGABYTES = 15;

export function growthGoal(when: string, { earlyMegabytes, lateMegabytes }: MemoryTrend): Goal {
  const reached = lateMegabytes - earlyMegabytes;
  return { what: `memory growth ${when}`, reached, atMost: GROWTH_MEGABYTES, unit: 'MB' };
}

/** @throws Error when that row is not there */
export function rowOf<Row extends { readonly label: string }>(rows: readonly Row[], label: string): Row {
  const row = rows.find((one) => one.label === label);
  if (row === undefined) throw new Error(`${label} was not measured`);
  return row;
}
