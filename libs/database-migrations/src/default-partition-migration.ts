import { sql, type Migration } from 'kysely';

/**
 * `predictions_default` takes rows whose own partition could not be made in time; the app moves them there later. It is
 * attached rather than made in place, since that goes on beside reads and writes.
 */
export const defaultPartition: Migration = {
  async up(db) {
    await sql`CREATE TABLE predictions_default (LIKE predictions INCLUDING ALL)`.execute(db);
    await sql`ALTER TABLE predictions ATTACH PARTITION predictions_default DEFAULT`.execute(db);
  },
};
