import { isNativeError } from 'node:util/types';
import type { Pool, PoolClient } from 'pg';
import { unavailabilityOf } from './database-unavailable';

/** Fits the `Probe` of `@tidegate/health`. */
export interface DatabaseCheck {
  readonly status: 'healthy' | 'unhealthy';
  readonly failure?: { readonly code: string; readonly cause: string };
}

/**
 * Whether the database answers and takes writes. A server that is away or read-only is a result, not an exception;
 * when `signal` aborts, the connection under test is dropped.
 */
export async function checkDatabase(pool: Pool, signal: AbortSignal): Promise<DatabaseCheck> {
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    return failureOf(error);
  }
  if (signal.aborted) {
    client.release();
    return failureOf(signal.reason);
  }
  return askForWrites(client, signal);
}

async function askForWrites(client: PoolClient, signal: AbortSignal): Promise<DatabaseCheck> {
  let isReleased = false;
  const release = (isBroken: boolean): void => {
    if (!isReleased) client.release(isBroken);
    isReleased = true;
  };
  const drop = (): void => release(true);
  signal.addEventListener('abort', drop, { once: true });
  try {
    const { rows } = await client.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
    release(false);
    return rows[0]?.transaction_read_only === 'off'
      ? { status: 'healthy' }
      : { status: 'unhealthy', failure: { code: '25006', cause: 'The database accepts no writes.' } };
  } catch (error) {
    release(true);
    return failureOf(error);
  } finally {
    signal.removeEventListener('abort', drop);
  }
}

function failureOf(error: unknown): DatabaseCheck {
  const cause = isNativeError(error) ? error.message : String(error);
  return {
    status: 'unhealthy',
    failure: { code: unavailabilityOf(error)?.causeCode ?? 'DATABASE_CHECK_FAILED', cause },
  };
}
