import { orUnavailable } from '@tidegate/database';
import type { Pool } from 'pg';
import { LatencyCounts } from '../store/latency-buckets';
import { rollupRanges } from './rollup-ranges';
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
  /** From a histogram: within 4.5 % of the exact quantile (see `QUANTILE_ERROR`). */
  readonly p50_latency_ms: number | null;
  readonly p90_latency_ms: number | null;
  readonly p95_latency_ms: number | null;
  readonly p99_latency_ms: number | null;
  /** Predictions whose feedback can be compared with them. */
  readonly judged: number;
  readonly correct: number;
  /** Null while none is judged. */
  readonly accuracy: number | null;
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
  readonly latency_counts: string;
  readonly judged: number;
  readonly correct: number;
}

const COLUMNS = `predictions::float8 AS predictions, defects::float8 AS defects, timed::float8 AS timed, latency_ms_sum,
  latency_counts::text AS latency_counts, judged::float8 AS judged, correct::float8 AS correct`;
const QUANTILES = [0.5, 0.9, 0.95, 0.99] as const;

interface Row extends Sums {
  readonly model: string;
  readonly version: string;
  /** Unix seconds. */
  readonly start: number;
}

/** Statistics from the roll-ups only: their cost does not depend on how many predictions there were. */
export class StatsReader {
  constructor(private readonly pool: Pool) {}

  /**
   * Histograms are added up here: for the database that is slower than handing them over.
   *
   * @throws DatabaseUnavailable
   */
  async read(query: StatsQuery): Promise<Stats> {
    const { text, values } = statsStatement(query);
    const { rows } = await orUnavailable(() => this.pool.query<Row>(text, values));
    return summarize(rows);
  }
}

/** The statement behind {@link StatsReader}: one, so one snapshot, however many levels it reads. */
export function statsStatement(query: StatsQuery): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const selects = rollupRanges(query).map(({ table, column, fromMs, toMs }) => {
    const range = new SqlConditions(values);
    range.add(`${column} >= ? AND ${column} < ?`, [
      new Date(fromMs).toISOString(),
      new Date(toMs).toISOString(),
    ]);
    if (query.model !== undefined) range.add('model = ?', [query.model]);
    if (query.models !== undefined) range.add('model = ANY(?)', [[...query.models]]);
    if (query.version !== undefined) range.add('version = ?', [query.version]);
    const start = `extract(epoch FROM date_bin('${query.bucketSeconds} seconds', ${column}, 'epoch'))::float8`;
    return `SELECT model, version, ${start} AS start, ${COLUMNS} FROM ${table} ${range.where()}`;
  });
  return { text: `${selects.join(' UNION ALL ')} ORDER BY 1, 2, 3`, values };
}

/** The rows come ordered by model, version and bucket. */
function summarize(rows: readonly Row[]): Stats {
  const totals = new Figures();
  const models: { model: string; version: string; figures: Figures; buckets: Map<number, Figures> }[] = [];
  for (const row of rows) {
    const { model, version } = row;
    let last = models.at(-1);
    if (last?.model !== model || last.version !== version)
      models.push((last = { model, version, figures: new Figures(), buckets: new Map<number, Figures>() }));
    const start = row.start * 1000;
    let bucket = last.buckets.get(start);
    if (!bucket) last.buckets.set(start, (bucket = new Figures()));
    bucket.addRow(row);
  }
  for (const { figures, buckets } of models) {
    for (const bucket of buckets.values()) figures.addAll(bucket);
    totals.addAll(figures);
  }
  return {
    totals: totals.toJson(),
    models: models.map(({ model, version, figures, buckets }) => ({
      model,
      version,
      ...figures.toJson(),
      buckets: [...buckets].map(([start, bucket]) => ({
        start: new Date(start).toISOString(),
        ...bucket.toJson(),
      })),
    })),
  };
}

/** Sums of roll-ups. */
class Figures {
  private count = 0;
  private defects = 0;
  private timed = 0;
  private latencyMsSum = 0;
  private judged = 0;
  private correct = 0;
  private readonly latencies = new LatencyCounts();

  addRow(row: Sums): void {
    this.count += row.predictions;
    this.defects += row.defects;
    this.timed += row.timed;
    this.latencyMsSum += row.latency_ms_sum;
    this.judged += row.judged;
    this.correct += row.correct;
    this.latencies.addSql(row.latency_counts);
  }

  addAll(other: Figures): void {
    this.count += other.count;
    this.defects += other.defects;
    this.timed += other.timed;
    this.latencyMsSum += other.latencyMsSum;
    this.judged += other.judged;
    this.correct += other.correct;
    this.latencies.addAll(other.latencies);
  }

  toJson(): StatsFigures {
    const { count, defects, timed, judged, correct } = this;
    const [p50 = null, p90 = null, p95 = null, p99 = null] = this.latencies.quantiles(QUANTILES);
    return {
      count,
      defects,
      defect_rate: ratio(defects, count),
      mean_latency_ms: ratio(this.latencyMsSum, timed),
      p50_latency_ms: p50,
      p90_latency_ms: p90,
      p95_latency_ms: p95,
      p99_latency_ms: p99,
      judged,
      correct,
      accuracy: ratio(correct, judged),
    };
  }
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
