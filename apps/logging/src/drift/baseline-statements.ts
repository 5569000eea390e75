import type { PoolClient } from 'pg';
import type { StorableEvent } from '../store/storable-event';
import type { LayoutDocument } from './feature-layout';
import type { FeaturePart, TimedSource } from './feature-tally';

/** Events of one model version. */
export interface VersionEvents {
  readonly model: string;
  readonly version: string;
  readonly events: StorableEvent[];
}

/** First half of the key of the advisory locks; any number nobody else uses in this database. */
const BASELINE_LOCK = 7_201_802;

/** One transaction at a time for each version; in the order of the locks' numbers, so that none wait in a circle. */
export async function lockBaselines(client: PoolClient, groups: readonly VersionEvents[]): Promise<void> {
  await client.query(
    `SELECT pg_advisory_xact_lock($1, number)
     FROM (SELECT DISTINCT hashtext(model || ' ' || version) AS number
           FROM unnest($2::text[], $3::text[]) AS t (model, version) ORDER BY 1) numbers`,
    [BASELINE_LOCK, ...columns(groups)],
  );
}

export async function loadLayouts(
  client: PoolClient,
  groups: readonly VersionEvents[],
): Promise<{ model: string; version: string; layout: LayoutDocument }[]> {
  const { rows } = await client.query<{ model: string; version: string; layout: LayoutDocument }>(
    `SELECT model, version, layout FROM feature_layouts
     JOIN unnest($1::text[], $2::text[]) AS t (model, version) USING (model, version)`,
    columns(groups),
  );
  return rows;
}

/** Notes events of versions that have no bins yet. */
export async function noteFirst(client: PoolClient, groups: readonly VersionEvents[]): Promise<void> {
  const events = groups.flatMap((group) => group.events);
  await client.query(
    `INSERT INTO baseline_events (model, version, day, id)
     SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::text[])`,
    [
      events.map(({ model }) => model),
      events.map(({ version }) => version),
      events.map(({ day }) => day),
      events.map(({ id }) => id),
    ],
  );
}

export async function countFirst(
  client: PoolClient,
  groups: readonly VersionEvents[],
): Promise<{ model: string; version: string; count: number }[]> {
  const { rows } = await client.query<{ model: string; version: string; count: number }>(
    `SELECT model, version, count(*)::int AS count FROM baseline_events
     JOIN unnest($1::text[], $2::text[]) AS t (model, version) USING (model, version) GROUP BY 1, 2`,
    columns(groups),
  );
  return rows;
}

/** The first events as they are stored; the notes of them go. Events deleted meanwhile are left out. */
export async function takeFirst(client: PoolClient, model: string, version: string): Promise<TimedSource[]> {
  const { rows } = await client.query<{ inputs: string | null; outputs: string; predicted_at: Date }>(
    `WITH noted AS (DELETE FROM baseline_events WHERE model = $1 AND version = $2 RETURNING id, day)
     SELECT inputs::text AS inputs, outputs::text AS outputs, predicted_at
     FROM noted JOIN predictions USING (id, day) ORDER BY predicted_at, id, day`,
    [model, version],
  );
  return rows.map(({ inputs, outputs, predicted_at }) => ({
    inputsJson: inputs,
    outputsJson: outputs,
    predictedAtMs: predicted_at.getTime(),
  }));
}

/** The bins of the version of this model that was frozen last. */
export async function newestLayout(client: PoolClient, model: string): Promise<LayoutDocument | undefined> {
  const { rows } = await client.query<{ layout: LayoutDocument }>(
    'SELECT layout FROM feature_layouts WHERE model = $1 ORDER BY frozen_at DESC, version DESC LIMIT 1',
    [model],
  );
  return rows[0]?.layout;
}

export async function insertLayout(
  client: PoolClient,
  model: string,
  version: string,
  document: LayoutDocument,
): Promise<void> {
  const text = 'INSERT INTO feature_layouts (model, version, layout) VALUES ($1, $2, $3)';
  await client.query(text, [model, version, JSON.stringify(document)]);
}

export async function insertParts(client: PoolClient, parts: readonly FeaturePart[]): Promise<void> {
  if (parts.length === 0) return;
  await client.query({
    name: 'insert-feature-parts',
    text: `INSERT INTO feature_parts (hour, model, version, bins, counts)
           SELECT hour, model, version, bins::integer[], counts::bigint[]
           FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[])
             AS t (hour, model, version, bins, counts)`,
    values: [
      parts.map(({ hourMs }) => new Date(hourMs).toISOString()),
      parts.map(({ model }) => model),
      parts.map(({ version }) => version),
      parts.map(({ bins }) => `{${bins.join(',')}}`),
      parts.map(({ counts }) => `{${counts.join(',')}}`),
    ],
  });
}

function columns(groups: readonly VersionEvents[]): [string[], string[]] {
  return [groups.map(({ model }) => model), groups.map(({ version }) => version)];
}
