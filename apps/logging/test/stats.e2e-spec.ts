import { statsStatement } from '../src/queries/stats-reader';
import { QUANTILE_ERROR } from '../src/store/latency-buckets';
import { answerOf, newEvent, post, readJson } from './logging-app';
import { useLogging } from './use-logging';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

interface Figures {
  count: number;
  defects: number;
  defect_rate: number;
  mean_latency_ms: number;
  p50_latency_ms: number;
  p99_latency_ms: number;
  judged: number;
  correct: number;
  accuracy: number;
}
interface Stats {
  from: string;
  to: string;
  totals: Figures;
  models: (Figures & { model: string; version: string; buckets: (Figures & { start: string })[] })[];
}

describe('GET /stats', () => {
  const log = useLogging();
  // The end of a whole hour two days ago, so that the hours of the test are all in the past.
  const endMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const stats = async (query: string): Promise<Stats> =>
    (await readJson(`${log.url}/stats?${query}`)) as unknown as Stats;

  beforeAll(async () => {
    // Five hours of three model versions, every latency different, some without.
    const events = Array.from({ length: 4000 }, (_, index) =>
      newEvent({
        timestamp: iso(endMs - ((index * 4.5) % 300) * MINUTE_MS - 1 - index),
        model: index % 3 === 0 ? 'fruit' : 'digits',
        version: String(index % 2),
        outputs: { label: String(index % 10) },
        latency_ms: index % 7 === 0 ? undefined : (0.0004 * 1.005 ** index) % 50_000,
      }),
    );
    for (let start = 0; start < events.length; start += 500)
      expect(answerOf(await post(log.url, events.slice(start, start + 500))).stored).toBe(500);
    const feedback = events
      .filter((_, index) => index % 5 === 0)
      .map(({ id, timestamp }, index) => ({ id, timestamp, actual: String((index * 7) % 10) }));
    const reply = await fetch(`${log.url}/feedback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(feedback),
    });
    expect(await reply.json()).toMatchObject({ applied: 800, pending: 0, rejected: 0 });
  });

  const fromSql = async (where: string, values: unknown[]): Promise<Figures[]> => {
    const { rows } = await log.database.query<Figures>(
      `SELECT count(*)::int AS count, count(*) FILTER (WHERE is_defect)::int AS defects, avg(latency_ms) AS mean_latency_ms,
              percentile_disc(0.5) WITHIN GROUP (ORDER BY latency_ms) AS p50_latency_ms,
              percentile_disc(0.99) WITHIN GROUP (ORDER BY latency_ms) AS p99_latency_ms,
              count(f.actual)::int AS judged, count(*) FILTER (WHERE f.actual #>> '{}' = outputs ->> 'label')::int AS correct
       FROM predictions LEFT JOIN feedback f USING (id, day) WHERE ${where} GROUP BY model, version ORDER BY model, version`,
      values,
    );
    return rows;
  };
  const expectEqual = (figures: Figures, expected: Figures): void => {
    for (const name of ['count', 'defects', 'judged', 'correct'] as const)
      expect([name, figures[name]]).toEqual([name, expected[name]]);
    expect(figures.mean_latency_ms).toBeCloseTo(expected.mean_latency_ms, 6);
    expect(figures.defect_rate).toBeCloseTo(expected.defects / expected.count, 12);
    expect(figures.accuracy).toBeCloseTo(expected.correct / expected.judged, 12);
    for (const name of ['p50_latency_ms', 'p99_latency_ms'] as const)
      expect(Math.abs(figures[name] / expected[name] - 1)).toBeLessThan(QUANTILE_ERROR);
  };

  it.each([
    ['whole hours', 300, 0, '1h'],
    ['hours with minutes at both edges', 271, 17, '1h'],
    ['less than an hour', 50, 20, '1h'],
    ['edges around no whole hour', 90, 20, '1h'],
    ['buckets of days', 299, 1, '1d'],
    ['buckets of minutes', 271, 17, '7m'],
  ])('equals SQL over the raw table: %s', async (_name, fromMinutesAgo, toMinutesAgo, bucket) => {
    const from = iso(endMs - fromMinutesAgo * MINUTE_MS);
    const to = iso(endMs - toMinutesAgo * MINUTE_MS);
    const answer = await stats(`from=${from}&to=${to}&bucket=${bucket}`);
    const expected = await fromSql('predicted_at >= $1 AND predicted_at < $2', [from, to]);
    expect(answer.models).toHaveLength(4);
    answer.models.forEach((model, index) => expectEqual(model, expected[index] as Figures));
    for (const { buckets, count } of answer.models)
      expect(buckets.reduce((sum, part) => sum + part.count, 0)).toBe(count);
    expect(answer.totals.count).toBe(expected.reduce((sum, { count }) => sum + count, 0));
  });

  it('equals SQL bucket by bucket', async () => {
    const { models } = await stats(
      `from=${iso(endMs - 5 * HOUR_MS)}&to=${iso(endMs)}&bucket=1h&model=fruit&version=1`,
    );
    const buckets = models[0]?.buckets ?? [];
    expect(buckets).toHaveLength(5);
    for (const bucket of buckets) {
      const startMs = Date.parse(bucket.start);
      const [expected] = await fromSql(
        `predicted_at >= $1 AND predicted_at < $2 AND model = 'fruit' AND version = '1'`,
        [iso(startMs), iso(startMs + HOUR_MS)],
      );
      expectEqual(bucket, expected as Figures);
    }
  });

  it('does not touch the raw table, and of 30 days of minutes only the edges', async () => {
    // 200,000 predictions of 30 days, as their roll-ups.
    await log.database.query(`
      INSERT INTO prediction_rollups
      SELECT minute, 'large', '1', 5, 1, 5, 12.5, '[90:92]={2,2,1}', 0, 0
      FROM generate_series('2026-01-01 00:00Z'::timestamptz, '2026-01-30 23:59Z', '1 minute') minute`);
    await log.database.query('ANALYZE prediction_rollups, prediction_rollup_hours');
    const query = {
      fromMs: Date.UTC(2026, 0, 1, 0, 7),
      toMs: Date.UTC(2026, 0, 30, 23, 50),
      bucketSeconds: 3600,
    };
    const { text, values } = statsStatement(query);
    const { rows } = await log.database.query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE) ${text}`, values);
    const plan = rows.map((row) => row['QUERY PLAN']);
    expect(plan.filter((line) => /\b(Scan|on) .*predictions(_|\b)/.test(line))).toEqual([]);
    const rowsOfMinutes = plan
      .filter((line) => /Scan.*prediction_rollups\b/.test(line) && !/Bitmap Index/.test(line))
      .map((line) => Number(/actual .*rows=(\d+)/.exec(line)?.[1]));
    expect(rowsOfMinutes).toEqual([53, 50]);
    const answer = await stats(`from=${iso(query.fromMs)}&to=${iso(query.toMs)}&bucket=1d&model=large`);
    expect(answer.totals).toMatchObject({
      count: 5 * ((query.toMs - query.fromMs) / MINUTE_MS),
      p50_latency_ms: expect.closeTo(2.543, 3) as number,
    });
  });
});
