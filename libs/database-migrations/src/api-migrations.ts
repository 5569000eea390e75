import type { Migrations } from '@tidegate/database';
import { sql, type Migration } from 'kysely';

const createApiKeys: Migration = {
  async up(db) {
    await db.schema
      .createTable('api_keys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('hash', 'bytea', (column) => column.notNull())
      .addColumn('pepper_id', 'text', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('scopes', sql`text[]`, (column) => column.notNull())
      .addColumn('created_by', 'text', (column) => column.notNull())
      .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
      .addColumn('expires_at', 'timestamptz')
      .addColumn('revoked_at', 'timestamptz')
      .execute();
  },
  async down(db) {
    await db.schema.dropTable('api_keys').execute();
  },
};

/** The schema of the api: its keys. */
export const apiMigrations: Migrations = { '0001_create_api_keys': createApiKeys };
