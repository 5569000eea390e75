import { randomUUID } from 'node:crypto';
import { unavailabilityOf } from '@tidegate/database';
import type { Pool, PoolClient } from 'pg';

/**
 * Writes 200 kB and takes them back: proves more than a connection, namely that the database accepts writes and that its disk
 * has room. A table, since only that asks the disk at once; nothing of it is left.
 */
const STATEMENTS = [
  'BEGIN',
  `CREATE TABLE ${trialTable()} AS SELECT repeat('x', 1900) AS filler FROM generate_series(1, 100)`,
  'ROLLBACK',
];

/**
 * Resolves when the database takes writes; when `signal` aborts, the connection under trial is dropped.
 *
 * @throws whatever PostgreSQL or the network says
 */
export async function tryWrite(pool: Pool, signal: AbortSignal): Promise<void> {
  const client = await pool.connect();
  let isReleased = false;
  const release = (isBroken: boolean): void => {
    if (!isReleased) client.release(isBroken);
    isReleased = true;
  };
  const drop = (): void => release(true);
  if (signal.aborted) drop();
  signal.throwIfAborted();
  signal.addEventListener('abort', drop, { once: true });
  try {
    await writeAndTakeBack(client);
    release(false);
  } catch (error) {
    release(true);
    throw unavailabilityOf(error) ?? error;
  } finally {
    signal.removeEventListener('abort', drop);
  }
}

async function writeAndTakeBack(client: PoolClient): Promise<void> {
  for (const statement of STATEMENTS) await client.query(statement);
}

/** A name of this process alone: two that make the same table at once wait for each other. */
function trialTable(): string {
  return `write_trial_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
}
