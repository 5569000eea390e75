import { sql, type Migration } from 'kysely';

/**
 * `subject`: the person a prediction is about, so that their rows can be deleted.
 * `skewed_days`: the days (of identities) that hold a prediction made more than a day earlier or later, and the times of
 * those; so a range of times can be read from the partitions of its own days and of these, and no other.
 */
export const subjects: Migration = {
  async up(db) {
    await sql`ALTER TABLE predictions ADD COLUMN subject text`.execute(db);
    await sql`
      CREATE INDEX predictions_of_subject ON predictions (subject, day, id) WHERE subject IS NOT NULL`.execute(
      db,
    );
    await sql`
      CREATE TABLE skewed_days (
        day date PRIMARY KEY,
        earliest timestamptz NOT NULL,
        latest timestamptz NOT NULL
      )`.execute(db);
    await sql`
      INSERT INTO skewed_days
      SELECT day, min(predicted_at), max(predicted_at) FROM predictions
      WHERE abs((predicted_at AT TIME ZONE 'UTC')::date - day) > 1 GROUP BY day`.execute(db);
  },
};
