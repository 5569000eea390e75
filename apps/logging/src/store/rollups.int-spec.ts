import { createPool, migrate } from '@tidegate/database';
import { loggingMigrations } from '@tidegate/database-migrations';
import { useTestPostgres } from '@tidegate/testing';
import type { Pool } from 'pg';
import { LatencyCounts, latencyBucket } from './latency-buckets';

/** What the version before this one did for a minute. */
const OLD_UPSERT = `
  INSERT INTO prediction_rollups AS known (minute, model, version, predictions, defects, timed, latency_ms_sum)
  VALUES ($1, $2, '1', 3, 1, 2, 10)
  ON CONFLICT (minute, model, version) DO UPDATE SET
    predictions = known.predictions + excluded.predictions, defects = known.defects + excluded.defects,
    timed = known.timed + excluded.timed, latency_ms_sum = known.latency_ms_sum + excluded.latency_ms_sum`;

const HOURS = `SELECT hour, model, version, predictions, defects, timed, latency_ms_sum, judged, correct
               FROM prediction_rollup_hours ORDER BY 1, 2, 3`;
const HOURS_OF_MINUTES = `
  SELECT date_trunc('hour', minute, 'UTC') AS hour, model, version, sum(predictions)::bigint AS predictions,
         sum(defects)::bigint AS defects, sum(timed)::bigint AS timed, sum(latency_ms_sum) AS latency_ms_sum,
         sum(judged)::bigint AS judged, sum(correct)::bigint AS correct
  FROM prediction_rollups GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;

describe('the levels of roll-ups', () => {
  const postgres = useTestPostgres();
  let url: string;
  let database: Pool;

  beforeEach(async () => {
    url = await postgres.createDatabase();
    database = createPool({ connection: { url }, applicationName: 'test' });
  });
  afterEach(() => database.end());

  const migrateTo = (names: readonly string[]): Promise<string[]> =>
    migrate({
      connection: { url },
      applicationName: 'test',
      migrations: Object.fromEntries(
        Object.entries(loggingMigrations).filter(([name]) => names.length === 0 || names.includes(name)),
      ),
    });
  const expectHoursToEqualMinutes = async (): Promise<void> => {
    const hours = await database.query<Record<string, unknown>>(HOURS);
    expect(hours.rows).toEqual((await database.query(HOURS_OF_MINUTES)).rows);
    expect(hours.rows.length).toBeGreaterThan(0);
  };
  const storeOld = async (): Promise<void> => {
    for (let minute = 0; minute < 300; minute += 1)
      await database.query(OLD_UPSERT, [
        new Date(Date.UTC(2026, 0, 1, 22, (minute * 7) % 180)),
        `m-${minute % 2}`,
      ]);
  };

  it('carries the minutes over that were there before', async () => {
    await migrateTo(['0001-predictions']);
    await storeOld();
    await migrateTo([]);
    await expectHoursToEqualMinutes();
  });

  it('keeps the hours exact while the version before still writes', async () => {
    await migrateTo([]);
    await storeOld();
    await expectHoursToEqualMinutes();
  });

  it('adds histograms element by element, whatever their bounds', async () => {
    await migrateTo([]);
    const sums = new LatencyCounts();
    let inSql = '{}';
    for (const latencyMs of [2.5, 2.5, 0.01, 70_000, 0, 3, 86_400_000]) {
      const one = new LatencyCounts();
      one.add(latencyBucket(latencyMs), 1);
      sums.addAll(one);
      const { rows } = await database.query<{ sum: string }>(
        'SELECT add_counts($1::bigint[], $2::bigint[])::text AS sum',
        [inSql, one.toSql()],
      );
      inSql = rows[0]?.sum ?? '';
      expect(inSql).toBe(sums.toSql());
    }
  });

  it('gives an hour the histogram of its minutes', async () => {
    await migrateTo([]);
    for (const [minute, counts] of [
      ['00', '[5:6]={1,2}'],
      ['00', '[3:3]={4}'],
      ['59', '[9:9]={1}'],
    ] as const)
      await database.query(
        `INSERT INTO prediction_rollups AS known VALUES ('2026-01-01 10:${minute}Z', 'm', '1', 1, 0, 1, 1, $1)
         ON CONFLICT (minute, model, version) DO UPDATE
         SET latency_counts = add_counts(known.latency_counts, excluded.latency_counts)`,
        [counts],
      );
    const { rows } = await database.query(
      'SELECT latency_counts::text AS counts FROM prediction_rollup_hours',
    );
    expect(rows).toEqual([{ counts: '[3:9]={4,0,1,2,0,0,1}' }]);
  });
});
