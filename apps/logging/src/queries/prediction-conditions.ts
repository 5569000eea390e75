import type { Pool, PoolClient } from 'pg';
import { utcDayAfter } from '../ingest/event-identity';
import { SqlConditions } from './sql-conditions';

export interface PredictionFilter {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly defect?: boolean | undefined;
  /** From this time on. Unix milliseconds, as `toMs`. */
  readonly fromMs?: number | undefined;
  /** Before this time. */
  readonly toMs?: number | undefined;
  /** Only these. */
  readonly models?: ReadonlySet<string> | undefined;
}

/** A time that predictions lie at or before; narrows the partitions like `toMs`. */
interface Bounds {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** Conditions on `predictions`, with such on `day` that let PostgreSQL leave out every partition that cannot have a row. */
export async function predictionConditions(
  database: Pool | PoolClient,
  filter: PredictionFilter,
  bounds: Bounds = filter,
): Promise<SqlConditions> {
  const conditions = new SqlConditions();
  if (filter.model !== undefined) conditions.add('model = ?', [filter.model]);
  if (filter.models !== undefined) conditions.add('model = ANY(?)', [[...filter.models]]);
  if (filter.version !== undefined) conditions.add('version = ?', [filter.version]);
  // Not a parameter: only the constant lets the planner use the index of the defects.
  if (filter.defect !== undefined) conditions.add(filter.defect ? 'is_defect' : 'NOT is_defect', []);
  if (filter.fromMs !== undefined)
    conditions.add('predicted_at >= ?', [new Date(filter.fromMs).toISOString()]);
  if (filter.toMs !== undefined) conditions.add('predicted_at < ?', [new Date(filter.toMs).toISOString()]);
  await addDays(database, conditions, bounds);
  return conditions;
}

/**
 * The day of an identity and that of its time are the same or neighbours, but for the skewed days, which are listed: the
 * days of a range are its own, one more on each side, and those of the list that hold such times.
 */
async function addDays(
  database: Pool | PoolClient,
  conditions: SqlConditions,
  { fromMs, toMs }: Bounds,
): Promise<void> {
  if (fromMs === undefined && toMs === undefined) return;
  const { rows } = await database.query<{ day: string }>(
    `SELECT day::text AS day FROM skewed_days
     WHERE latest >= coalesce($1::timestamptz, '-infinity') AND earliest <= coalesce($2::timestamptz, 'infinity')`,
    [timeOrNull(fromMs), timeOrNull(toMs)],
  );
  const first = fromMs === undefined ? '-infinity' : utcDayAfter(fromMs, -1);
  const last = toMs === undefined ? 'infinity' : utcDayAfter(toMs, 1);
  const skewed = rows.map(({ day }) => day);
  // Only when there are any: the plan is simpler without.
  if (skewed.length === 0) conditions.add('day BETWEEN ? AND ?', [first, last]);
  else conditions.add('(day BETWEEN ? AND ? OR day = ANY(?))', [first, last, skewed]);
}

function timeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
