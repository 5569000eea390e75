import { inTransaction } from '@tidegate/database';
import type { Pool, PoolClient } from 'pg';
import type { BackgroundWork } from '../store/background-loop';
import { versionKey } from '../store/model-version';
import { parseCounts } from './parse-counts';

const PARTS_AT_ONCE = 500;

interface PartRow {
  readonly model: string;
  readonly version: string;
  readonly hour: Date;
  readonly bins: string;
  readonly counts: string;
}

interface Merged {
  readonly row: PartRow;
  readonly counts: Map<number, number>;
}

/**
 * Adds the parts that writers appended to the one row of their hour. Any number of processes may do so at once: each takes
 * parts that no other has taken, and taking and adding is one transaction.
 */
export class FeatureMerger implements BackgroundWork {
  readonly name = 'feature counts';

  constructor(private readonly pool: Pool) {}

  /** @returns whether there may be more. @throws DatabaseUnavailable */
  async run(): Promise<boolean> {
    const merged = await inTransaction(this.pool, async (client) => {
      const parts = await takeParts(client);
      if (parts.length > 0) await addToHours(client, mergeByHour(parts));
      return parts.length;
    });
    return merged === PARTS_AT_ONCE;
  }
}

async function takeParts(client: PoolClient): Promise<PartRow[]> {
  const { rows } = await client.query<PartRow>(
    `DELETE FROM feature_parts WHERE part = ANY(ARRAY(
       SELECT part FROM feature_parts ORDER BY part LIMIT ${PARTS_AT_ONCE} FOR UPDATE SKIP LOCKED))
     RETURNING model, version, hour, bins::text AS bins, counts::text AS counts`,
  );
  return rows;
}

/** In key order, so that two processes never wait for each other in a circle. */
function mergeByHour(parts: readonly PartRow[]): Merged[] {
  const byKey = new Map<string, Merged>();
  for (const row of parts) {
    const key = `${versionKey(row)}\0${row.hour.toISOString()}`;
    let merged = byKey.get(key);
    if (!merged) byKey.set(key, (merged = { row, counts: new Map<number, number>() }));
    const counts = parseCounts(row.counts);
    parseCounts(row.bins).forEach((bin, index) =>
      merged.counts.set(bin, (merged.counts.get(bin) ?? 0) + (counts[index] ?? 0)),
    );
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, merged]) => merged);
}

/** The array of an hour begins with bin 0 at its element 1. */
async function addToHours(client: PoolClient, hours: readonly Merged[]): Promise<void> {
  await client.query(
    `INSERT INTO feature_rollups AS known (model, version, hour, counts)
     SELECT model, version, hour, counts::bigint[]
     FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) AS t (model, version, hour, counts)
     ON CONFLICT (model, version, hour) DO UPDATE SET counts = add_counts(known.counts, excluded.counts)`,
    [
      hours.map(({ row }) => row.model),
      hours.map(({ row }) => row.version),
      hours.map(({ row }) => row.hour.toISOString()),
      hours.map(({ counts }) => {
        const length = Math.max(...counts.keys()) + 1;
        return `{${Array.from({ length }, (_, bin) => counts.get(bin) ?? 0).join(',')}}`;
      }),
    ],
  );
}
