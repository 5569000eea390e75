import { sql, type Migration } from 'kysely';

/**
 * `feedback_inbox`: what came and has not met its prediction yet. One row a prediction and group of models the sender is
 * limited to (`sender_models`, null: all), since one sender must not overwrite what another said about a prediction that
 * may turn out to be none of his.
 * `feedback`: what counts, one row a prediction, with what it added to the roll-ups.
 */
export const feedback: Migration = {
  async up(db) {
    await sql`CREATE SEQUENCE feedback_order`.execute(db);
    await sql`
      CREATE TABLE feedback_inbox (
        id text COLLATE "C" NOT NULL,
        day date NOT NULL,
        sender_key text NOT NULL,
        sender_models text[],
        actual json NOT NULL,
        received_order bigint NOT NULL DEFAULT nextval('feedback_order'),
        received_at timestamptz NOT NULL DEFAULT now(),
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL,
        PRIMARY KEY (id, day, sender_key)
      )`.execute(db);
    await sql`CREATE INDEX feedback_inbox_due ON feedback_inbox (next_attempt_at)`.execute(db);
    await sql`CREATE INDEX feedback_inbox_day ON feedback_inbox (day)`.execute(db);
    await sql`
      CREATE TABLE feedback (
        id text COLLATE "C" NOT NULL,
        day date NOT NULL,
        actual json NOT NULL,
        is_correct boolean,
        received_order bigint NOT NULL,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (id, day)
      )`.execute(db);
    await sql`CREATE INDEX feedback_day ON feedback (day)`.execute(db);
  },
};
