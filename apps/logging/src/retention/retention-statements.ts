import { inTransaction } from '@tidegate/database';
import type { Pool, PoolClient } from 'pg';
import { DEFAULT_PARTITION, type DayTable } from '../store/partition-statements';

const ROWS_AT_ONCE = 2000;

/**
 * Takes a partition out of the table and drops it. Detaching keeps every reader and writer out for a moment, and whoever
 * comes while it waits for its own lock waits, too: so it waits briefly and rather comes again. Dropping, which may take
 * longer, happens afterwards, when nobody sees the table any more. (DETACH … CONCURRENTLY is refused beside a default
 * partition.)
 *
 * @throws DatabaseUnavailable with SQLSTATE 55P03 when somebody uses the table for longer than `lockTimeoutMs`
 */
export async function dropDayTable(pool: Pool, table: DayTable, lockTimeoutMs: number): Promise<void> {
  if (table.isAttached)
    await inTransaction(pool, async (client) => {
      await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
      await client.query(`ALTER TABLE predictions DETACH PARTITION ${table.name}`);
    });
  await pool.query(`DROP TABLE IF EXISTS ${table.name}`);
}

/**
 * Deletes some rows of a model that are older than `day`, and the feedback of these.
 *
 * @returns how many; fewer than asked for when no more are left
 */
export function deleteOldOfModel(pool: Pool, model: string, day: string): Promise<number> {
  return inTransaction(pool, async (client) => {
    const found = await client.query<{ id: string; day: string }>(
      `SELECT id, day::text AS day FROM predictions
       WHERE model = $1 AND day < $2 LIMIT ${ROWS_AT_ONCE}`,
      [model, day],
    );
    const keys = [
      found.rows.map((row) => row.id),
      found.rows.map((row) => row.day),
      [...new Set(found.rows.map((row) => row.day))],
    ];
    // The order of tables in which feedback takes its locks.
    if (found.rows.length > 0)
      for (const table of ['feedback_inbox', 'predictions', 'feedback', 'baseline_events'])
        await deleteKeys(client, table, keys);
    return found.rows.length;
  });
}

/** Deletes some rows of days before `day` of tables that are not divided by days. @returns whether there may be more */
export async function deleteOldLeftovers(pool: Pool, day: string): Promise<boolean> {
  let most = 0;
  for (const table of [DEFAULT_PARTITION, 'baseline_events', 'skewed_days']) {
    const { rowCount } = await pool.query(
      `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM ${table} WHERE day < $1 LIMIT ${ROWS_AT_ONCE} FOR UPDATE SKIP LOCKED))`,
      [day],
    );
    most = Math.max(most, rowCount ?? 0);
  }
  return most === ROWS_AT_ONCE;
}

/** Whether so many deleted rows mean that there may be more. */
export function mayHaveMore(deleted: number): boolean {
  return deleted === ROWS_AT_ONCE;
}

/** The days by themselves let the planner leave out the other partitions. */
async function deleteKeys(client: PoolClient, table: string, keys: readonly string[][]): Promise<void> {
  await client.query(
    `DELETE FROM ${table} WHERE day = ANY($3) AND id = ANY($1)
       AND (id, day) IN (SELECT * FROM unnest($1::text[], $2::date[]))`,
    [...keys],
  );
}
