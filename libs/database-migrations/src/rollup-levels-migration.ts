import { sql, type Migration } from 'kysely';

/**
 * More to each minute (a histogram of latencies, accuracy), and the same by the hour.
 *
 * Hours follow minutes by trigger, not by the app: the version before, which may still run beside this one, writes
 * minutes only, and the hours stay exact all the same. A histogram is an array whose index is the bucket, from the lowest
 * used one to the highest: `[90:92]={3,0,1}`.
 */
export const rollupLevels: Migration = {
  async up(db) {
    await sql`
      ALTER TABLE prediction_rollups
        ADD COLUMN latency_counts bigint[] NOT NULL DEFAULT '{}',
        ADD COLUMN judged bigint NOT NULL DEFAULT 0,
        ADD COLUMN correct bigint NOT NULL DEFAULT 0`.execute(db);
    await sql`
      CREATE TABLE prediction_rollup_hours (
        hour timestamptz NOT NULL,
        model text NOT NULL,
        version text NOT NULL,
        predictions bigint NOT NULL,
        defects bigint NOT NULL,
        timed bigint NOT NULL,
        latency_ms_sum double precision NOT NULL,
        latency_counts bigint[] NOT NULL,
        judged bigint NOT NULL,
        correct bigint NOT NULL,
        PRIMARY KEY (hour, model, version)
      ) WITH (fillfactor = 50)`.execute(db);
    // ALTER TABLE above keeps every writer out until the commit: no minute changes between the sums and the trigger.
    await sql`
      INSERT INTO prediction_rollup_hours
      SELECT date_trunc('hour', minute, 'UTC'), model, version, sum(predictions), sum(defects), sum(timed),
             sum(latency_ms_sum), '{}', 0, 0
      FROM prediction_rollups GROUP BY 1, 2, 3`.execute(db);
    await addCounts.execute(db);
    await subtractCounts.execute(db);
    await rollIntoHour.execute(db);
    await sql`
      CREATE TRIGGER roll_into_hour AFTER INSERT OR UPDATE ON prediction_rollups
      FOR EACH ROW EXECUTE FUNCTION roll_into_hour()`.execute(db);
  },
};

/** Element by element; an element that one of them lacks is 0. It costs what the second array is long. */
const addCounts = sql`
  CREATE FUNCTION add_counts(counts bigint[], more bigint[]) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE AS $$
  DECLARE
    has_gaps boolean;
  BEGIN
    IF counts = '{}' THEN RETURN more; END IF;
    IF more = '{}' THEN RETURN counts; END IF;
    has_gaps := array_lower(more, 1) > array_upper(counts, 1) + 1 OR array_upper(more, 1) < array_lower(counts, 1) - 1;
    FOR i IN array_lower(more, 1) .. array_upper(more, 1) LOOP
      counts[i] := coalesce(counts[i], 0) + more[i];
    END LOOP;
    RETURN CASE WHEN has_gaps THEN array_replace(counts, NULL, 0) ELSE counts END;
  END $$`;

/** Element by element; `less` lies within the bounds of `counts`, as an earlier state of it does. */
const subtractCounts = sql`
  CREATE FUNCTION subtract_counts(counts bigint[], less bigint[]) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE AS $$
  BEGIN
    FOR i IN array_lower(less, 1) .. array_upper(less, 1) LOOP
      counts[i] := counts[i] - less[i];
    END LOOP;
    RETURN counts;
  END $$`;

const rollIntoHour = sql`
  CREATE FUNCTION roll_into_hour() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    delta prediction_rollups := NEW;
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      delta.predictions := NEW.predictions - OLD.predictions;
      delta.defects := NEW.defects - OLD.defects;
      delta.timed := NEW.timed - OLD.timed;
      delta.latency_ms_sum := NEW.latency_ms_sum - OLD.latency_ms_sum;
      delta.judged := NEW.judged - OLD.judged;
      delta.correct := NEW.correct - OLD.correct;
      IF NEW.latency_counts = OLD.latency_counts THEN
        delta.latency_counts := '{}';
      ELSIF OLD.latency_counts <> '{}' THEN
        delta.latency_counts := subtract_counts(NEW.latency_counts, OLD.latency_counts);
      END IF;
    END IF;
    INSERT INTO prediction_rollup_hours AS known
    VALUES (date_trunc('hour', delta.minute, 'UTC'), delta.model, delta.version, delta.predictions, delta.defects,
            delta.timed, delta.latency_ms_sum, delta.latency_counts, delta.judged, delta.correct)
    ON CONFLICT (hour, model, version) DO UPDATE SET
      predictions = known.predictions + excluded.predictions,
      defects = known.defects + excluded.defects,
      timed = known.timed + excluded.timed,
      latency_ms_sum = known.latency_ms_sum + excluded.latency_ms_sum,
      latency_counts = add_counts(known.latency_counts, excluded.latency_counts),
      judged = known.judged + excluded.judged,
      correct = known.correct + excluded.correct;
    RETURN NULL;
  END $$`;
