import { orUnavailable } from '@tidegate/database';
import type { PredictionEvent } from '@tidegate/schemas';
import type { Pool } from 'pg';
import { encodeCursor, type PageCursor } from './page-cursor';
import { utcDay, uuidV7TimeMs } from '../ingest/event-identity';
import { predictionConditions, type PredictionFilter } from './prediction-conditions';
import { LATEST_MS } from './query-values';
import { SqlConditions } from './sql-conditions';

/** A stored event with its defect decided; what the event did not have is left out. */
export type StoredPrediction = PredictionEvent & { readonly received_at: string };

export interface PredictionPage {
  readonly predictions: StoredPrediction[];
  /** Pass it as `cursor` for the next, older page; null on the last one. */
  readonly next_cursor: string | null;
}

interface Row {
  readonly id: string;
  readonly day: string;
  readonly predicted_at: Date;
  readonly received_at: Date;
  readonly model: string;
  readonly version: string;
  readonly alias: string | null;
  readonly inputs: PredictionEvent['inputs'] | null;
  readonly outputs: PredictionEvent['outputs'];
  readonly latency_ms: number | null;
  readonly is_defect: boolean;
  readonly request_id: string | null;
  readonly traceparent: string | null;
  readonly metadata: PredictionEvent['metadata'] | null;
  readonly subject: string | null;
}

const SELECT = `
  SELECT id, day::text AS day, predicted_at, received_at, model, version, alias, inputs, outputs, latency_ms,
         is_defect, request_id, traceparent, metadata, subject
  FROM predictions`;

/** Reads single predictions, newest first. */
export class PredictionReader {
  constructor(private readonly pool: Pool) {}

  /** @throws DatabaseUnavailable */
  async page(filter: PredictionFilter, limit: number, cursor?: PageCursor): Promise<PredictionPage> {
    // What is older than the cursor is not in newer partitions.
    const toMs = cursor ? Math.min(cursor.predictedAtMs, filter.toMs ?? Infinity) : filter.toMs;
    const conditions = await orUnavailable(() =>
      predictionConditions(this.pool, filter, { fromMs: filter.fromMs, toMs }),
    );
    if (cursor)
      conditions.add('(predicted_at, id, day) < (?, ?, ?)', [
        new Date(cursor.predictedAtMs).toISOString(),
        cursor.id,
        cursor.day,
      ]);
    const order = 'ORDER BY predicted_at DESC, predictions.id DESC, predictions.day DESC';
    // One row more than asked for tells whether there is another page.
    const text = `${SELECT} ${conditions.where()} ${order} LIMIT ${limit + 1}`;
    const { rows } = await orUnavailable(() => this.pool.query<Row>(text, conditions.values));
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const hasMore = rows.length > limit && last !== undefined;
    return {
      predictions: shown.map(toPrediction),
      next_cursor: hasMore ? encodeCursor({ ...last, predictedAtMs: last.predicted_at.getTime() }) : null,
    };
  }

  /** The newest prediction with this id, of one of `models` when given. @throws DatabaseUnavailable */
  async find(id: string, models?: ReadonlySet<string>): Promise<StoredPrediction | undefined> {
    const conditions = new SqlConditions();
    // A UUIDv7 says itself which partition it is in; those after the year 9999 are in none.
    const timeMs = uuidV7TimeMs(id);
    if (timeMs !== undefined && timeMs > LATEST_MS) return undefined;
    if (models !== undefined) conditions.add('model = ANY(?)', [[...models]]);
    conditions.add('id = ?', [id]);
    if (timeMs !== undefined) conditions.add('day = ?', [utcDay(timeMs)]);
    const text = `${SELECT} ${conditions.where()} ORDER BY predictions.day DESC LIMIT 1`;
    const { rows } = await orUnavailable(() => this.pool.query<Row>(text, conditions.values));
    return rows[0] && toPrediction(rows[0]);
  }
}

function toPrediction(row: Row): StoredPrediction {
  return {
    id: row.id,
    timestamp: row.predicted_at.toISOString(),
    model: row.model,
    version: row.version,
    alias: row.alias ?? undefined,
    inputs: row.inputs ?? undefined,
    outputs: row.outputs,
    latency_ms: row.latency_ms ?? undefined,
    defect: row.is_defect,
    request_id: row.request_id ?? undefined,
    traceparent: row.traceparent ?? undefined,
    metadata: row.metadata ?? undefined,
    subject: row.subject ?? undefined,
    received_at: row.received_at.toISOString(),
  };
}
