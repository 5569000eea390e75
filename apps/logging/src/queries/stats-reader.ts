import { orUnavailable } from '@tidegate/database';
import type { Pool } from 'pg';
import { SqlConditions } from './sql-conditions';

export interface StatsQuery {
  /** First minute, Unix milliseconds on a whole minute. */
  readonly fromMs: number;
  /** First minute that is not counted any more. */
  readonly toMs: number;
  readonly bucketSeconds: number;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  /** Only these. */
  readonly models?: ReadonlySet<string> | undefined;
}

export interface StatsFigures {
  readonly count: number;
  readonly defects: number;
  /** Null without predictions. */
  readonly defect_rate: number | null;
  /** Of the predictions that came with a latency; null without any. */
  readonly mean_latency_ms: number | null;
}

export interface ModelStats extends StatsFigures {
  readonly model: string;
  readonly version: string;
  /** Oldest first; a bucket without predictions is left out. */
  readonly buckets: readonly (StatsFigures & { readonly start: string })[];
}

export interface Stats {
  readonly totals: StatsFigures;
  readonly models: readonly ModelStats[];
}

interface Sums {
  readonly predictions: number;
  readonly defects: number;
  readonly timed: number;
  readonly latency_ms_sum: number;
}

interface Row extends Sums {
  readonly model: string;
  readonly version: string;
  readonly start: Date;
}

/** Statistics from the roll-ups only: their cost does not depend on how many predictions there were. */
export class StatsReader {
  constructor(private readonly pool: Pool) {}

  /** @throws DatabaseUnavailable */
  async read(query: StatsQuery): Promise<Stats> {
    const conditions = new SqlConditions();
    conditions.add('minute >= ? AND minute < ?', [
      new Date(query.fromMs).toISOString(),
      new Date(query.toMs).toISOString(),
    ]);
    if (query.model !== undefined) conditions.add('model = ?', [query.model]);
    if (query.models !== undefined) conditions.add('model = ANY(?)', [[...query.models]]);
    if (query.version !== undefined) conditions.add('version = ?', [query.version]);
    const text = `
      SELECT model, version, date_bin('${query.bucketSeconds} seconds', minute, 'epoch') AS start,
             sum(predictions)::float8 AS predictions, sum(defects)::float8 AS defects,
             sum(timed)::float8 AS timed, sum(latency_ms_sum) AS latency_ms_sum
      FROM prediction_rollups ${conditions.where()}
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
    const { rows } = await orUnavailable(() => this.pool.query<Row>(text, conditions.values));
    return { totals: figures(rows), models: byModelVersion(rows) };
  }
}

/** The rows come ordered by model and version. */
function byModelVersion(rows: readonly Row[]): ModelStats[] {
  const groups: { model: string; version: string; rows: Row[] }[] = [];
  for (const row of rows) {
    const { model, version } = row;
    const last = groups.at(-1);
    if (last?.model === model && last.version === version) last.rows.push(row);
    else groups.push({ model, version, rows: [row] });
  }
  return groups.map((group) => ({
    model: group.model,
    version: group.version,
    ...figures(group.rows),
    buckets: group.rows.map((row) => ({ start: row.start.toISOString(), ...figures([row]) })),
  }));
}

function figures(rows: readonly Sums[]): StatsFigures {
  const sum = (key: keyof Sums): number => rows.reduce((total, row) => total + row[key], 0);
  const count = sum('predictions');
  const timed = sum('timed');
  return {
    count,
    defects: sum('defects'),
    defect_rate: count === 0 ? null : sum('defects') / count,
    mean_latency_ms: timed === 0 ? null : sum('latency_ms_sum') / timed,
  };
}
