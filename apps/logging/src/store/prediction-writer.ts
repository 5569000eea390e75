import { isRefusedData, unavailabilityOf } from '@tidegate/database';
import { DatabaseError, type Pool } from 'pg';
import type { DayPartitions } from './day-partitions';
import type { StorableEvent, StoreOutcome } from './storable-event';

/**
 * One statement, so one transaction and one round trip: the rows, and the roll-ups from the rows that are really new.
 * Both are written in key order, so that two processes never wait for each other in a circle.
 */
const STORE_BATCH = `
  WITH inserted AS (
    INSERT INTO predictions (id, day, predicted_at, model, version, alias, inputs, outputs, latency_ms, is_defect,
                             request_id, traceparent, metadata)
    SELECT * FROM unnest($1::text[], $2::date[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::json[],
                         $8::json[], $9::float8[], $10::boolean[], $11::text[], $12::text[], $13::json[])
    ON CONFLICT (id, day) DO NOTHING
    RETURNING id, day, predicted_at, model, version, latency_ms, is_defect
  ), rolled_up AS (
    INSERT INTO prediction_rollups AS known (minute, model, version, predictions, defects, timed, latency_ms_sum)
    SELECT date_bin('1 minute', predicted_at, 'epoch'), model, version, count(*),
           count(*) FILTER (WHERE is_defect), count(latency_ms), coalesce(sum(latency_ms), 0)
    FROM inserted GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (minute, model, version) DO UPDATE SET
      predictions = known.predictions + excluded.predictions,
      defects = known.defects + excluded.defects,
      timed = known.timed + excluded.timed,
      latency_ms_sum = known.latency_ms_sum + excluded.latency_ms_sum
  )
  SELECT id, day::text AS day FROM inserted`;

/** Writes batches of events; every event gets its own outcome. */
export class PredictionWriter {
  constructor(
    private readonly pool: Pool,
    private readonly partitions: DayPartitions,
  ) {}

  /** One outcome per event, in the order given. Of equal events in a batch the first is stored. */
  async store(events: readonly StorableEvent[]): Promise<StoreOutcome[]> {
    const inKeyOrder = events.map((event, position) => ({ event, position }));
    inKeyOrder.sort((a, b) => compare(keyOf(a.event), keyOf(b.event)));
    const outcomes = await this.storeSorted(inKeyOrder.map(({ event }) => event));
    const inGivenOrder: StoreOutcome[] = [];
    inKeyOrder.forEach(({ position }, index) => {
      const outcome = outcomes[index];
      if (outcome) inGivenOrder[position] = outcome;
    });
    return inGivenOrder;
  }

  /** A row that PostgreSQL refuses ends its whole transaction: halve the batch until that row is alone. */
  private async storeSorted(events: readonly StorableEvent[]): Promise<StoreOutcome[]> {
    try {
      return await this.insert(events);
    } catch (error) {
      if (!isRefusedData(error))
        return events.map(() => ({ status: 'failed', error: unavailabilityOf(error) ?? error }));
      if (events.length === 1)
        return [{ status: 'refused', reason: `refused_by_database: ${error.message}` }];
      const middle = Math.ceil(events.length / 2);
      const firstHalf = await this.storeSorted(events.slice(0, middle));
      return [...firstHalf, ...(await this.storeSorted(events.slice(middle)))];
    }
  }

  private async insert(events: readonly StorableEvent[]): Promise<StoreOutcome[]> {
    await this.partitions.ensure(events.map((event) => event.day));
    try {
      return await this.runStatement(events);
    } catch (error) {
      if (!isMissingPartition(error)) throw error;
      // Somebody dropped a partition this process remembers.
      this.partitions.forget();
      await this.partitions.ensure(events.map((event) => event.day));
      return this.runStatement(events);
    }
  }

  private async runStatement(events: readonly StorableEvent[]): Promise<StoreOutcome[]> {
    const values = columnsOf(events);
    const { rows } = await this.pool.query<{ id: string; day: string }>({
      name: 'store-batch',
      text: STORE_BATCH,
      values,
    });
    const stored = new Set(rows.map(keyOf));
    return events.map((event) => ({ status: stored.delete(keyOf(event)) ? 'stored' : 'duplicate' }));
  }
}

function columnsOf(events: readonly StorableEvent[]): unknown[][] {
  return [
    events.map((event) => event.id),
    events.map((event) => event.day),
    events.map((event) => new Date(event.predictedAtMs).toISOString()),
    events.map((event) => event.model),
    events.map((event) => event.version),
    events.map((event) => event.alias),
    events.map((event) => event.inputsJson),
    events.map((event) => event.outputsJson),
    events.map((event) => event.latencyMs),
    events.map((event) => event.isDefect),
    events.map((event) => event.requestId),
    events.map((event) => event.traceparent),
    events.map((event) => event.metadataJson),
  ];
}

function keyOf(event: { readonly id: string; readonly day: string }): string {
  return `${event.day} ${event.id}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A check violation without a constraint's name: no partition of the table takes the row. */
function isMissingPartition(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23514' && error.constraint === undefined;
}
