import type { PoolClient } from 'pg';
import { binaryArray } from './binary-array';
import type { StorableEvent } from './storable-event';

/** The identities come back only when some were there already, which is rare: reading thousands of them costs. */
const INSERT = `
  WITH inserted AS (
  INSERT INTO predictions (id, day, predicted_at, model, version, alias, inputs, outputs, latency_ms, is_defect,
                           request_id, traceparent, metadata, subject)
  SELECT * FROM unnest($1::text[], $2::date[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::json[],
                       $8::json[], $9::float8[], $10::boolean[], $11::text[], $12::text[], $13::json[], $14::text[])
  ON CONFLICT (id, day) DO NOTHING
  RETURNING id, day)
  SELECT CASE WHEN count(*) < cardinality($1::text[]) THEN json_agg(json_build_object('id', id, 'day', day)) END AS some,
         count(*)::int AS count
  FROM inserted`;

interface Inserted {
  readonly some: readonly { readonly id: string; readonly day: string }[] | null;
  readonly count: number;
}

/** Inserts what is not there yet, and answers the identities of those; or `all`. The events come in key order. */
export async function insertPredictions(
  client: PoolClient,
  events: readonly StorableEvent[],
): Promise<Inserted['some'] | 'all'> {
  const { rows } = await client.query<Inserted>({
    name: 'insert-predictions',
    text: INSERT,
    values: columnsOf(events),
  });
  return rows[0]?.count === events.length ? 'all' : (rows[0]?.some ?? []);
}

/** Text travels in binary form: there is most of it. */
function columnsOf(events: readonly StorableEvent[]): unknown[] {
  const text = (valueOf: (event: StorableEvent) => string | null): Buffer =>
    binaryArray('text', events.map(valueOf));
  const json = (valueOf: (event: StorableEvent) => string | null): Buffer =>
    binaryArray('json', events.map(valueOf));
  return [
    text((event) => event.id),
    events.map((event) => event.day),
    events.map((event) => new Date(event.predictedAtMs).toISOString()),
    text((event) => event.model),
    text((event) => event.version),
    text((event) => event.alias),
    json((event) => event.inputsJson),
    json((event) => event.outputsJson),
    events.map((event) => event.latencyMs),
    events.map((event) => event.isDefect),
    text((event) => event.requestId),
    text((event) => event.traceparent),
    json((event) => event.metadataJson),
    text((event) => event.subject ?? null),
  ];
}
