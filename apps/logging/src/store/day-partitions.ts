import { inTransaction } from '@tidegate/database';
import type { Pool, PoolClient } from 'pg';
import { utcDayAfter } from '../ingest/event-identity';

/** Any number that nobody else locks in this database. */
const PARTITIONS_LOCK = 7_201_801;

/** The partitions of `predictions`, one for each UTC day. */
export class DayPartitions {
  private readonly known = new Set<string>();

  constructor(private readonly pool: Pool) {}

  /**
   * Makes the partitions of these days (`YYYY-MM-DD`) where they do not exist; cheap when this process knows them.
   * Safe with any number of processes.
   *
   * @throws DatabaseUnavailable
   */
  async ensure(days: readonly string[]): Promise<void> {
    const missing = [...new Set(days)].filter((day) => !this.known.has(day)).sort();
    if (missing.length === 0) return;
    await inTransaction(this.pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [PARTITIONS_LOCK]);
      for (const day of missing) await createPartition(client, day);
    });
    for (const day of missing) this.known.add(day);
  }

  /** Looks every partition up again at its next use. */
  forget(): void {
    this.known.clear();
  }
}

/** Attaching needs a weaker lock on the table than creating in place: reads and writes go on meanwhile. */
async function createPartition(client: PoolClient, day: string): Promise<void> {
  const name = `predictions_${day.replaceAll('-', '')}`;
  const existing = await client.query('SELECT 1 WHERE to_regclass($1) IS NOT NULL', [name]);
  if (existing.rowCount !== 0) return;
  await client.query(`CREATE TABLE ${name} (LIKE predictions INCLUDING ALL)`);
  const nextDay = utcDayAfter(Date.parse(day), 1);
  await client.query(
    `ALTER TABLE predictions ATTACH PARTITION ${name} FOR VALUES FROM ('${day}') TO ('${nextDay}')`,
  );
}
