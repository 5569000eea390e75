import type { PoolClient } from 'pg';
import { LatencyCounts, latencyBucket } from './latency-buckets';
import type { StorableEvent } from './storable-event';

const MINUTE_MS = 60_000;

/** What changes in the roll-up of one model version and minute; the hour follows it by itself, in the database. */
export class RollupChange {
  predictions = 0;
  defects = 0;
  timed = 0;
  latencyMsSum = 0;
  readonly latencies = new LatencyCounts();
  judged = 0;
  correct = 0;

  constructor(
    readonly minuteMs: number,
    readonly model: string,
    readonly version: string,
  ) {}
}

/** Changes by model version and minute. */
export class RollupChanges {
  private readonly byKey = new Map<string, RollupChange>();

  /** The change of the minute that `timeMs` is in. */
  of(model: string, version: string, timeMs: number): RollupChange {
    const minuteMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
    const key = `${model}\0${version}\0${String(minuteMs).padStart(15, '0')}`;
    let change = this.byKey.get(key);
    if (!change) this.byKey.set(key, (change = new RollupChange(minuteMs, model, version)));
    return change;
  }

  addPrediction(event: StorableEvent): void {
    const change = this.of(event.model, event.version, event.predictedAtMs);
    change.predictions += 1;
    if (event.isDefect) change.defects += 1;
    if (event.latencyMs === null) return;
    change.timed += 1;
    change.latencyMsSum += event.latencyMs;
    change.latencies.add(latencyBucket(event.latencyMs), 1);
  }

  /**
   * By model, version and time: every transaction locks the rows in this order, so two never wait for each other in a
   * circle. The hours behind them are locked in the same order.
   */
  inKeyOrder(): RollupChange[] {
    const keys = [...this.byKey.keys()].sort();
    return keys.flatMap((key) => this.byKey.get(key) ?? []);
  }
}

const APPLY = `
  INSERT INTO prediction_rollups AS known
    (minute, model, version, predictions, defects, timed, latency_ms_sum, latency_counts, judged, correct)
  SELECT minute, model, version, predictions, defects, timed, latency_ms_sum, latency_counts::bigint[], judged, correct
  FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::float8[],
              $8::text[], $9::bigint[], $10::bigint[])
    AS t (minute, model, version, predictions, defects, timed, latency_ms_sum, latency_counts, judged, correct)
  ON CONFLICT (minute, model, version) DO UPDATE SET
    predictions = known.predictions + excluded.predictions,
    defects = known.defects + excluded.defects,
    timed = known.timed + excluded.timed,
    latency_ms_sum = known.latency_ms_sum + excluded.latency_ms_sum,
    latency_counts = add_counts(known.latency_counts, excluded.latency_counts),
    judged = known.judged + excluded.judged,
    correct = known.correct + excluded.correct`;

/** Adds the changes to the roll-ups, inside the transaction of `client`. */
export async function applyRollups(client: PoolClient, changes: RollupChanges): Promise<void> {
  const rows = changes.inKeyOrder();
  if (rows.length === 0) return;
  await client.query({
    name: 'apply-rollups',
    text: APPLY,
    values: [
      rows.map((row) => new Date(row.minuteMs).toISOString()),
      rows.map((row) => row.model),
      rows.map((row) => row.version),
      rows.map((row) => row.predictions),
      rows.map((row) => row.defects),
      rows.map((row) => row.timed),
      rows.map((row) => row.latencyMsSum),
      rows.map((row) => row.latencies.toSql()),
      rows.map((row) => row.judged),
      rows.map((row) => row.correct),
    ],
  });
}
