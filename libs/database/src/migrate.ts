import type { DatabaseConnection } from '@tidegate/config';
import { Kysely, Migrator, PostgresDialect, type Migration } from 'kysely';
import type { Pool } from 'pg';
import { createPool } from './create-pool';
import { orUnavailable } from './database-unavailable';

/** Migrations by name; they run in the alphabetical order of their names: `0001-keys`, `0002-…`. Never change one that ran. */
export type Migrations = Readonly<Record<string, Migration>>;

export interface MigrateOptions {
  readonly connection: DatabaseConnection;
  readonly applicationName: string;
  readonly migrations: Migrations;
}

/**
 * Brings the schema up to date: all missing migrations in one transaction, under a lock, so that any number of
 * processes may start at the same time. Uses a connection of its own without statement timeout.
 *
 * A schema that is newer than this process is left as it is: after a roll-back the older version must still start.
 * So migrations only ever add what the version before can ignore.
 *
 * @returns the names of the migrations that ran now.
 * @throws DatabaseUnavailable, or the error of the failed migration (nothing has changed then).
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const { connection, applicationName, migrations } = options;
  const pool = createPool({ connection, applicationName, size: 1, statementTimeoutMs: 0 });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    return await orUnavailable(async () => {
      const known = { ...(await migrationsOfNewerVersions(pool, migrations)), ...migrations };
      const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(known) } });
      const { error, results } = await migrator.migrateToLatest();
      if (error !== undefined) throw error as Error;
      return (results ?? []).map((result) => result.migrationName);
    });
  } finally {
    await db.destroy();
  }
}

/** Kysely refuses a schema with migrations it does not know; these stand in for them and never run. */
async function migrationsOfNewerVersions(pool: Pool, ours: Migrations): Promise<Migrations> {
  const table = await pool.query(`SELECT 1 WHERE to_regclass('kysely_migration') IS NOT NULL`);
  if (table.rowCount === 0) return {};
  const { rows } = await pool.query<{ name: string }>('SELECT name FROM kysely_migration');
  const newest = Object.keys(ours).sort().at(-1) ?? '';
  const newer = rows.filter(({ name }) => name > newest);
  return Object.fromEntries(newer.map(({ name }) => [name, { up: () => Promise.resolve() }]));
}
