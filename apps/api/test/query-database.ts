import { Client, type QueryResultRow } from 'pg';

/** One statement on a connection of its own. */
export async function queryDatabase<T extends QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(text, values)).rows;
  } finally {
    await client.end();
  }
}
