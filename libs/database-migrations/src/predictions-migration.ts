import { sql, type Migration } from 'kysely';

/**
 * `predictions`: one row an event, partitioned by the UTC day of its identity. `json`, not `jsonb`: it gives back what
 * was sent and costs less to write; nothing searches inside.
 * `prediction_rollups`: what `/stats` reads, one row a model version and minute. The spare room in its pages lets an update
 * stay on the page.
 */
export const predictions: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE predictions (
        id text COLLATE "C" NOT NULL,
        day date NOT NULL,
        predicted_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        model text NOT NULL,
        version text NOT NULL,
        alias text,
        inputs json,
        outputs json NOT NULL,
        latency_ms double precision,
        is_defect boolean NOT NULL,
        request_id text,
        traceparent text,
        metadata json,
        PRIMARY KEY (id, day)
      ) PARTITION BY RANGE (day)`.execute(db);
    await sql`CREATE INDEX predictions_newest ON predictions (predicted_at, id, day)`.execute(db);
    await sql`CREATE INDEX predictions_of_model ON predictions (model, predicted_at, id, day)`.execute(db);
    await sql`CREATE INDEX predictions_defects ON predictions (predicted_at, id, day) WHERE is_defect`.execute(
      db,
    );
    await sql`
      CREATE TABLE prediction_rollups (
        minute timestamptz NOT NULL,
        model text NOT NULL,
        version text NOT NULL,
        predictions bigint NOT NULL,
        defects bigint NOT NULL,
        timed bigint NOT NULL,
        latency_ms_sum double precision NOT NULL,
        PRIMARY KEY (minute, model, version)
      ) WITH (fillfactor = 50)`.execute(db);
  },
};
