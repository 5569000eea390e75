import { Client } from 'pg';

/** What is wrong with a prediction log, seen from its database; all of it empty when nothing is. */
export interface StoreFindings {
  readonly stored: number;
  /** Acknowledged, and not there. */
  readonly lost: readonly string[];
  /** There more than once. */
  readonly twice: readonly string[];
  /** Keys of roll-ups that are not what SQL counts. */
  readonly wrongRollups: readonly string[];
}

const TWICE = `SELECT id FROM predictions GROUP BY id HAVING count(*) > 1`;

/** Latencies of {@link startEventLoad} are whole numbers, so their sums are exact. */
const WRONG_ROLLUPS = (table: string, unit: string): string => `
  WITH counted AS (
    SELECT date_trunc('${unit}', predicted_at, 'UTC') AS at, model, version, count(*) AS predictions,
           count(*) FILTER (WHERE is_defect) AS defects, count(latency_ms) AS timed,
           coalesce(sum(latency_ms), 0) AS latency_ms_sum
    FROM predictions GROUP BY 1, 2, 3)
  SELECT coalesce(c.at, r.${unit})::text || ' ' || coalesce(c.model, r.model) || ' ' || coalesce(c.version, r.version) AS key
  FROM counted c FULL JOIN ${table} r ON r.${unit} = c.at AND r.model = c.model AND r.version = c.version
  WHERE (c.predictions, c.defects, c.timed, c.latency_ms_sum)
        IS DISTINCT FROM (r.predictions, r.defects, r.timed, r.latency_ms_sum)
     OR (SELECT coalesce(sum(n), 0) FROM unnest(r.latency_counts) AS n) IS DISTINCT FROM r.timed`;

/** Compares the tables with each other and with what was acknowledged. */
export async function checkStoredPredictions(
  databaseUrl: string,
  acknowledged: ReadonlySet<string>,
): Promise<StoreFindings> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const textsOf = async (sql: string, column: string): Promise<string[]> =>
      (await client.query<Record<string, string>>(sql)).rows.map((row) => row[column] ?? '');
    const ids = new Set(await textsOf('SELECT id FROM predictions', 'id'));
    return {
      stored: ids.size,
      lost: [...acknowledged].filter((id) => !ids.has(id)),
      twice: await textsOf(TWICE, 'id'),
      wrongRollups: [
        ...(await textsOf(WRONG_ROLLUPS('prediction_rollups', 'minute'), 'key')),
        ...(await textsOf(WRONG_ROLLUPS('prediction_rollup_hours', 'hour'), 'key')),
      ],
    };
  } finally {
    await client.end();
  }
}
