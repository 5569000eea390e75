import { inTransaction } from '@tidegate/database';
import type { Pool, PoolClient } from 'pg';
import { utcDayAfter } from '../ingest/event-identity';

/** Any number that nobody else locks in this database. */
const PARTITIONS_LOCK = 7_201_801;

/** Takes what belongs to no other partition: rows whose own could not be made in time. */
export const DEFAULT_PARTITION = 'predictions_default';

const DAY_PARTITION = /^predictions_(\d{4})(\d{2})(\d{2})$/;

/** A table made for one day. `isAttached`: it is a partition; otherwise it was one, and is to be dropped. */
export interface DayTable {
  readonly name: string;
  readonly day: string;
  readonly isAttached: boolean;
}

/** Every table made for a day, oldest first. */
export async function listDayTables(pool: Pool): Promise<DayTable[]> {
  const { rows } = await pool.query<{ name: string; attached: boolean }>(
    `SELECT c.relname AS name, EXISTS (
       SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid AND i.inhparent = to_regclass('predictions')) AS attached
     FROM pg_class c WHERE c.relkind = 'r' AND c.relname LIKE 'predictions\\_%'
       AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('predictions'))
     ORDER BY c.relname`,
  );
  return rows.flatMap(({ name, attached }) => {
    const [, year, month, date] = DAY_PARTITION.exec(name) ?? [];
    return year === undefined ? [] : [{ name, day: `${year}-${month}-${date}`, isAttached: attached }];
  });
}

/**
 * Makes the partition of a day, unless it is there, together with the rows of that day that lie in the default partition:
 * PostgreSQL refuses a partition whose rows lie there.
 *
 * @param lockTimeoutMs how long it may wait for each lock; attaching waits for whoever reads the default partition
 * @throws DatabaseUnavailable with SQLSTATE 55P03 when a lock could not be had
 */
export function makePartition(pool: Pool, day: string, lockTimeoutMs: number): Promise<void> {
  return inTransaction(pool, async (client) => {
    await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    await client.query('SELECT pg_advisory_xact_lock($1)', [PARTITIONS_LOCK]);
    await createPartition(client, day);
  });
}

/** Attaching needs a weaker lock on the table than creating in place: writes, and reads of other days, go on meanwhile. */
async function createPartition(client: PoolClient, day: string): Promise<void> {
  const name = partitionOf(day);
  const found = await client.query<{ attached: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass($1)) AS attached
     WHERE to_regclass($1) IS NOT NULL`,
    [name],
  );
  if (found.rows[0]?.attached === true) return;
  if (found.rowCount === 0) await client.query(`CREATE TABLE ${name} (LIKE predictions INCLUDING ALL)`);
  await takeFromDefault(client, day);
  const nextDay = utcDayAfter(Date.parse(day), 1);
  await client.query(
    `ALTER TABLE predictions ATTACH PARTITION ${name} FOR VALUES FROM ('${day}') TO ('${nextDay}')`,
  );
}

async function takeFromDefault(client: PoolClient, day: string): Promise<void> {
  const { rows } = await client.query<{ exists: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM ${DEFAULT_PARTITION} WHERE day = $1) AS exists`,
    [day],
  );
  if (rows[0]?.exists !== true) return;
  // A row that came meanwhile would make PostgreSQL refuse the partition. Only rows without a partition of their own wait.
  await client.query(`LOCK TABLE ${DEFAULT_PARTITION} IN ACCESS EXCLUSIVE MODE`);
  await client.query(
    `WITH moved AS (DELETE FROM ${DEFAULT_PARTITION} WHERE day = $1 RETURNING *)
     INSERT INTO ${partitionOf(day)} SELECT * FROM moved`,
    [day],
  );
}

/** Rows of the default partition by day. It is empty in normal operation. */
export async function countDefaultRows(pool: Pool): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ day: string; count: string }>(
    `SELECT day::text AS day, count(*) FROM ${DEFAULT_PARTITION} GROUP BY day ORDER BY day`,
  );
  return new Map(rows.map(({ day, count }) => [day, Number(count)]));
}

/** The table of a day, `YYYY-MM-DD`. */
export function partitionOf(day: string): string {
  return `predictions_${day.replaceAll('-', '')}`;
}
