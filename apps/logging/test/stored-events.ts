import { createPool } from '@tidegate/database';

/** Every one of these is in the database, and the roll-ups are those of what is in it. */
export async function expectCountedOnce(databaseUrl: string, ids: readonly string[]): Promise<void> {
  const pool = createPool({ connection: { url: databaseUrl }, applicationName: 'test' });
  const database = await pool.connect();
  try {
    // All of it at one moment: what nobody waits for any more may still be committed.
    await database.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const stored = await database.query<{ id: string }>('SELECT id FROM predictions');
    const found = new Set(stored.rows.map(({ id }) => id));
    expect(ids.filter((id) => !found.has(id))).toEqual([]);
    expect(found.size).toBe(stored.rows.length);
    const counted = `SELECT date_trunc('minute', predicted_at, 'UTC') AS minute, model, version,
        count(*)::int AS predictions, (count(*) FILTER (WHERE is_defect))::int AS defects
      FROM predictions GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
    const rolledUp = `SELECT minute, model, version, predictions::int AS predictions, defects::int AS defects
      FROM prediction_rollups ORDER BY 1, 2, 3`;
    expect((await database.query(rolledUp)).rows).toEqual((await database.query(counted)).rows);
  } finally {
    database.release(true);
    await pool.end();
  }
}
