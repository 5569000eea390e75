import { startOwnPostgres, type OwnPostgres } from '@tidegate/testing';
import { Client } from 'pg';
import type { Workbench } from '../workbench';

/** Starts a PostgreSQL with the settings of a real one: fsync and synchronous commits. It ends with the bench. */
export async function startDurablePostgres(bench: Workbench): Promise<OwnPostgres> {
  const postgres = await startOwnPostgres({ durable: true });
  bench.atEnd(() => postgres.remove());
  return postgres;
}

/** Runs statements over one connection. */
export async function withClient<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
