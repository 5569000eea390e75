import type { Pool, PoolClient } from 'pg';
import { orUnavailable, unavailabilityOf } from './database-unavailable';

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws.
 *
 * @throws DatabaseUnavailable, or whatever `work` throws.
 */
export function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return orUnavailable(async () => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      await rollBack(client, error);
      throw error;
    }
  });
}

/** Gives the client back clean, or drops it when its connection cannot be trusted any more. */
async function rollBack(client: PoolClient, cause: unknown): Promise<void> {
  if (unavailabilityOf(cause)) {
    client.release(true);
    return;
  }
  try {
    await client.query('ROLLBACK');
    client.release();
  } catch {
    client.release(true);
  }
}
