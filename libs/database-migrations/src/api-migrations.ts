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

/** What a key is limited to, when it was last used, and which key took its place. */
const limitApiKeys: Migration = {
  async up(db) {
    await db.schema
      .alterTable('api_keys')
      .addColumn('models', sql`text[]`)
      .addColumn('allowed_cidrs', sql`text[]`)
      .addColumn('rate_class', 'text', (column) => column.notNull().defaultTo('standard'))
      .addColumn('last_used_at', 'timestamptz')
      .addColumn('replaced_by', 'text')
      .execute();
  },
  async down(db) {
    await db.schema
      .alterTable('api_keys')
      .dropColumn('models')
      .dropColumn('allowed_cidrs')
      .dropColumn('rate_class')
      .dropColumn('last_used_at')
      .dropColumn('replaced_by')
      .execute();
  },
};

/** The schema of the api: its keys. */
export const apiMigrations: Migrations = {
  '0001_create_api_keys': createApiKeys,
  '0002_limit_api_keys': limitApiKeys,
};
