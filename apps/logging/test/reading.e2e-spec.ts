import { ALLOWED_MODELS_HEADER, predictionEventSchema } from '@tidegate/schemas';
import { predictionConditions } from '../src/queries/prediction-conditions';
import { answerOf, newEvent, post, readJson, statusOf, uuidV7 } from './logging-app';
import { useLogging } from './use-logging';

describe('reading the log', () => {
  const log = useLogging();
  const dayMs = 86_400_000;
  // Noon, so that a few minutes more or less stay on the same day.
  const noonMs = Math.floor(Date.now() / dayMs) * dayMs - dayMs / 2;

  beforeAll(async () => {
    const events = Array.from({ length: 600 }, (_, index) =>
      newEvent({
        id: `r-${index}`,
        // Three days, several events with the same time.
        timestamp: new Date(noonMs - (index % 3) * dayMs + Math.floor(index / 10) * 1000).toISOString(),
        model: index % 2 === 0 ? 'digits' : 'fruit',
        version: String(index % 4),
        outputs: { label: String(index % 10) },
        latency_ms: index % 5 === 0 ? undefined : index / 7,
      }),
    );
    expect(answerOf(await post(log.url, events)).stored).toBe(600);
  });

  interface Page {
    predictions: { id: string; timestamp: string; model: string; defect: boolean }[];
    next_cursor: string | null;
  }
  const page = async (query: string): Promise<Page> =>
    (await readJson(`${log.url}/predictions?${query}`)) as unknown as Page;

  it('pages through everything once, newest first, while new events arrive', async () => {
    const seen: Page['predictions'] = [];
    let cursor = '';
    for (;;) {
      const { predictions, next_cursor } = await page(`limit=70${cursor}`);
      seen.push(...predictions);
      if (next_cursor === null) break;
      cursor = `&cursor=${next_cursor}`;
      await post(log.url, newEvent({ model: 'newcomer' }));
    }
    expect(seen).toHaveLength(600);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(600);
    const times = seen.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('filters by model, version, time and defect', async () => {
    const from = new Date(noonMs - dayMs).toISOString();
    const to = new Date(noonMs).toISOString();
    const { predictions } = await page(`model=digits&defect=true&from=${from}&to=${to}&limit=1000`);
    const { rows } = await log.database.query<{ id: string }>(
      `SELECT id FROM predictions WHERE model = 'digits' AND outputs->>'label' = '8'
       AND predicted_at >= $1 AND predicted_at < $2`,
      [from, to],
    );
    expect(predictions.map(({ id }) => id).sort()).toEqual(rows.map(({ id }) => id).sort());
    expect(rows.length).toBeGreaterThan(0);
    expect((await page('model=fruit&version=3&defect=false&limit=1000')).predictions).toHaveLength(150);
  });

  it('gives an event back as it was sent', async () => {
    const event = newEvent({
      id: 'all/fields?',
      alias: 'production',
      inputs: { b: [1.5, null, 'x'], a: { deep: [[]] } },
      outputs: null,
      defect: true,
      request_id: 'req-1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      metadata: { subject: 'Jürgen 😀 "\\' },
    });
    await post(log.url, event);
    const { received_at, ...read } = await readJson(
      `${log.url}/predictions/${encodeURIComponent('all/fields?')}`,
    );
    expect(read).toEqual(event);
    expect(JSON.stringify(read['inputs'])).toBe(JSON.stringify(event['inputs']));
    expect(predictionEventSchema.parse(read)).toEqual(event);
    expect(Date.parse(String(received_at))).not.toBeNaN();
  });

  it('finds the newest of several days with the same id', async () => {
    for (const daysAgo of [2, 1, 3])
      await post(
        log.url,
        newEvent({ id: 'again', timestamp: new Date(noonMs - daysAgo * dayMs).toISOString() }),
      );
    expect(await readJson(`${log.url}/predictions/again`)).toMatchObject({
      timestamp: new Date(noonMs - dayMs).toISOString(),
    });
    expect(await statusOf(`${log.url}/predictions/unknown`)).toBe(404);
    expect(await statusOf(`${log.url}/predictions/%00`)).toBe(404);
  });

  it.each([
    'e677d21f-dbff-7fff-bfff-ffffffffffff',
    'e677d21f-dc00-7000-8000-000000000000',
    'ffffffff-ffff-7fff-bfff-ffffffffffff',
  ])('finds nothing under %s, a UUIDv7 of the year 10000 or nearly so', async (id) => {
    expect(await statusOf(`${log.url}/predictions/${id}`)).toBe(404);
  });

  it.each([
    'predictions?to=9999-12-31T00:00:00Z',
    'predictions?to=9999-12-31T23:59:59.999Z',
    'predictions?to=9999-12-31T23:59:59-23:59',
    'predictions?from=1970-01-01T00:00:00Z&to=9999-12-31T23:59:59Z&format=ndjson',
    'stats?from=1970-01-01T00:00:00Z&to=9999-12-31T23:59:59.999Z&bucket=9999d',
  ])('takes the last times there are for no end: /%s', async (path) => {
    const answer = await fetch(`${log.url}/${path}`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(/"model":"(digits|fruit)"/);
  });

  it('has nothing from the end of all times on', async () => {
    const query = 'from=9999-12-31T00:00:00Z&to=9999-12-31T23:59:59Z';
    expect(await page(query)).toEqual({ predictions: [], next_cursor: null });
  });

  it('reads a range of times from the partitions of its days only, whatever the day of the id', async () => {
    const range = { fromMs: noonMs - dayMs, toMs: noonMs - dayMs + 1000 };
    const explain = async (): Promise<string> => {
      const conditions = await predictionConditions(log.database, range);
      const { rows } = await log.database.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT * FROM predictions ${conditions.where()}`,
        conditions.values,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    const partitionOf = (daysAgo: number): string =>
      `predictions_${new Date(noonMs - daysAgo * dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
    const far = newEvent({ timestamp: new Date(noonMs - 20 * dayMs).toISOString() });
    await post(log.url, far);
    expect(await explain()).toContain(partitionOf(1));
    expect(await explain()).not.toContain(partitionOf(20));

    // A UUIDv7 made three weeks before its prediction, as of a sender that prepares ids.
    const skewed = newEvent({
      id: uuidV7(noonMs - 20 * dayMs),
      timestamp: new Date(range.fromMs + 500).toISOString(),
      model: 'skewed',
    });
    expect(answerOf(await post(log.url, skewed)).stored).toBe(1);
    expect(await explain()).toContain(partitionOf(20));
    const query = `model=skewed&from=${new Date(range.fromMs).toISOString()}&to=${new Date(range.toMs).toISOString()}`;
    expect((await page(query)).predictions.map(({ id }) => id)).toEqual([skewed['id']]);
    expect((await page('model=skewed')).predictions.map(({ id }) => id)).toEqual([skewed['id']]);
    expect(await readJson(`${log.url}/predictions/${skewed['id'] as string}`)).toMatchObject({
      model: 'skewed',
    });
  });

  describe('for a caller that is limited to models', () => {
    const readAs = async (models: string, path: string): Promise<Record<string, unknown>> => {
      const answer = await fetch(`${log.url}/${path}`, { headers: { [ALLOWED_MODELS_HEADER]: models } });
      return (await answer.json()) as Record<string, unknown>;
    };

    it('shows predictions of those only', async () => {
      const { predictions } = (await readAs('fruit,unknown', 'predictions?limit=1000')) as unknown as Page;
      expect(predictions).toHaveLength(300);
      expect(new Set(predictions.map(({ model }) => model))).toEqual(new Set(['fruit']));
      for (const [models, query] of [
        ['fruit', 'model=digits'],
        ['', 'model=fruit'],
        ["fruit'%20OR%20true--", ''],
      ] as const)
        expect(await readAs(models, `predictions?${query}`)).toEqual({ predictions: [], next_cursor: null });
    });

    it('has no prediction of another model, whatever its id', async () => {
      expect(await readAs('fruit', 'predictions/r-1')).toMatchObject({ id: 'r-1', model: 'fruit' });
      const hidden = await readAs('fruit', 'predictions/r-0');
      expect(hidden).toMatchObject({ status: 404, code: 'PREDICTION_NOT_FOUND' });
      expect(hidden['detail']).toBe((await readAs('fruit', 'predictions/unknown'))['detail']);
    });

    it('counts those only', async () => {
      const from = new Date(noonMs - 3 * dayMs).toISOString();
      const stats = await readAs('fruit', `stats?from=${from}`);
      expect(stats['totals']).toMatchObject({ count: 300 });
      expect(new Set((stats['models'] as { model: string }[]).map(({ model }) => model))).toEqual(
        new Set(['fruit']),
      );
      expect((await readAs('fruit', `stats?from=${from}&model=digits`))['totals']).toMatchObject({
        count: 0,
      });
    });

    it('shows nothing when the limit cannot be read', async () => {
      for (const path of ['predictions', 'predictions/r-1', 'stats'])
        expect(await readAs('%zz', path)).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    });

    it('stores events of those only, and says which it rejected', async () => {
      const mine = newEvent({ model: 'limited' });
      const others = newEvent({ model: 'digits' });
      const logAs = async (body: object): Promise<{ status: number; body: unknown }> => {
        const headers = { 'content-type': 'application/json', [ALLOWED_MODELS_HEADER]: 'limited' };
        const answer = await fetch(`${log.url}/log`, { method: 'POST', headers, body: JSON.stringify(body) });
        return { status: answer.status, body: await answer.json() };
      };
      expect(await logAs([others, mine])).toMatchObject({
        status: 201,
        body: {
          results: [
            {
              id: others['id'],
              status: 'rejected',
              reason: expect.stringMatching(/log the model "digits"/) as string,
            },
            { id: mine['id'], status: 'stored' },
          ],
        },
      });
      expect((await logAs(others)).status).toBe(400);
      expect(await statusOf(`${log.url}/predictions/${others['id'] as string}`)).toBe(404);
    });
  });

  it.each([
    'predictions?limit=0',
    'predictions?limit=1001',
    'predictions?cursor=x',
    `predictions?cursor=${cursorOf('1e300', '2026-01-01')}`,
    `predictions?cursor=${cursorOf(Date.UTC(2026, 0, 1), '0000-01-01')}`,
    `predictions?cursor=${cursorOf(Date.UTC(2026, 0, 1), '2026-02-30')}`,
    `predictions?cursor=${cursorOf(Date.UTC(9999, 11, 31), '2026-01-01')}`,
    'predictions?from=yesterday',
    'predictions?from=0000-01-01T00:00:00Z',
    'predictions?model=%00',
    'predictions?colour=red',
    'predictions?format=xml',
    'predictions?format=csv&limit=5',
    'stats?bucket=1s',
    'stats?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    'stats?from=2000-01-01T00:00:00Z&bucket=1m',
  ])('refuses /%s with the parameter that is wrong', async (path) => {
    const problem = await readJson(`${log.url}/${path}`);
    expect(problem).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(problem['detail']).toMatch(/^(limit|cursor|from|model|bucket|format|Unrecognized key: "colour")/);
  });
});

/** A cursor as the log makes them, of a row that may be none. */
function cursorOf(predictedAtMs: number | string, day: string): string {
  return Buffer.from(`[${predictedAtMs},"a","${day}"]`).toString('base64url');
}
