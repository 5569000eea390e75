import { sql, type Migration } from 'kysely';

/**
 * What `/drift` reads.
 *
 * `feature_layouts`: the bins of each feature of a model version, frozen by its first events; what the bins are and how
 * they follow one another is the app's JSON. Until then `baseline_events` holds the identities of those first events.
 * `feature_rollups`: the counts of all those bins by the hour. Writers only ever append to `feature_parts` (pairs of bin
 * and count), so that they never wait for each other; the app merges the parts in the background.
 */
export const featureCounts: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE baseline_events (
        model text NOT NULL,
        version text NOT NULL,
        day date NOT NULL,
        id text COLLATE "C" NOT NULL,
        PRIMARY KEY (model, version, day, id)
      )`.execute(db);
    await sql`CREATE INDEX baseline_events_by_identity ON baseline_events (id, day)`.execute(db);
    await sql`
      CREATE TABLE feature_layouts (
        model text NOT NULL,
        version text NOT NULL,
        layout json NOT NULL,
        frozen_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (model, version)
      )`.execute(db);
    await sql`
      CREATE TABLE feature_parts (
        part bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        hour timestamptz NOT NULL,
        model text NOT NULL,
        version text NOT NULL,
        bins integer[] NOT NULL,
        counts bigint[] NOT NULL
      )`.execute(db);
    await sql`CREATE INDEX feature_parts_of_version ON feature_parts (model, version, hour)`.execute(db);
    await sql`
      CREATE TABLE feature_rollups (
        model text NOT NULL,
        version text NOT NULL,
        hour timestamptz NOT NULL,
        counts bigint[] NOT NULL,
        PRIMARY KEY (model, version, hour)
      )`.execute(db);
  },
};
