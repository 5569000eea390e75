import { answerOf, metric, newEvent, post, readJson, statusOf } from './logging-app';
import { useLogging } from './use-logging';

describe('POST /log', () => {
  const log = useLogging({ MAX_BODY_BYTES: '200000' });

  const count = async (sql: string, values: unknown[] = []): Promise<number> => {
    const { rows } = await log.database.query<{ count: string }>(sql, values);
    return Number(rows[0]?.count);
  };
  const rolledUp = (model: string): Promise<number> =>
    count('SELECT coalesce(sum(predictions), 0) AS count FROM prediction_rollups WHERE model = $1', [model]);

  it('has the row in the database when it answers 201', async () => {
    const event = newEvent();
    const reply = await post(log.url, event);
    expect(await count('SELECT count(*) FROM predictions WHERE id = $1', [event['id']])).toBe(1);
    expect(reply.status).toBe(201);
    expect(answerOf(reply)).toEqual({
      stored: 1,
      duplicates: 0,
      spooled: 0,
      rejected: 0,
      results: [{ id: event['id'], status: 'stored' }],
    });
  });

  it('stores and counts once what came 50 times at the same time', async () => {
    const before = await metric(log.url, 'logging_predictions_total');
    const event = newEvent({ model: 'fifty' });
    const replies = await Promise.all(Array.from({ length: 50 }, () => post(log.url, event)));
    const answers = replies.map(answerOf);
    expect(replies.every(({ status }) => status === 201)).toBe(true);
    expect(answers.reduce((sum, answer) => sum + answer.stored, 0)).toBe(1);
    expect(answers.reduce((sum, answer) => sum + answer.duplicates, 0)).toBe(49);
    expect(await count(`SELECT count(*) FROM predictions WHERE model = 'fifty'`)).toBe(1);
    expect(await rolledUp('fifty')).toBe(1);
    expect(await metric(log.url, 'logging_predictions_total')).toBe(before + 1);
  });

  it('finds the same event twice in one array', async () => {
    const event = newEvent();
    const { results } = answerOf(await post(log.url, [event, newEvent(), event]));
    expect(results.map(({ status }) => status)).toEqual(['stored', 'stored', 'duplicate']);
  });

  it('stores the good items of an array with bad ones and says why the others were rejected', async () => {
    const good = newEvent();
    const late = newEvent({ timestamp: new Date(Date.now() - 20 * 86_400_000).toISOString() });
    const body = `[${JSON.stringify(good)}, {"id":"x","latency_ms":NaN}, ${JSON.stringify(newEvent({ model: 'a\0' }))},
      {"__proto__":1}, 7, ${JSON.stringify(newEvent({ timestamp: '2001-01-01T00:00:00Z' }))}, ${JSON.stringify(late)}]`;
    const reply = await post(log.url, body);
    expect(reply.status).toBe(201);
    expect(answerOf(reply).results.map(({ status, reason }) => reason?.split(':')[0] ?? status)).toEqual([
      'stored',
      'not_json',
      'text_invalid',
      'forbidden_key',
      'invalid',
      'timestamp_out_of_range',
      'stored',
    ]);
  });

  it('takes NDJSON, one answer a line', async () => {
    const body = `${JSON.stringify(newEvent())}\n{"id":\n\n${JSON.stringify(newEvent())}\n`;
    const reply = await post(log.url, body, 'application/x-ndjson; charset=utf-8');
    expect(reply.status).toBe(201);
    expect(answerOf(reply).results.map(({ status }) => status)).toEqual(['stored', 'rejected', 'stored']);
  });

  it('answers 400 with a reason per item when all were rejected', async () => {
    const reply = await post(log.url, [{ id: 'only-an-id' }]);
    expect(reply.status).toBe(400);
    expect(answerOf(reply).results).toEqual([
      { id: 'only-an-id', status: 'rejected', reason: expect.stringContaining('event.model') as string },
    ]);
  });

  it('sets aside the one row that only PostgreSQL refuses', async () => {
    await log.database.query(`ALTER TABLE predictions ADD CONSTRAINT no_poison CHECK (model <> 'poison')`);
    const batch = Array.from({ length: 100 }, (_, index) =>
      newEvent({ model: index === 37 ? 'poison' : 'healthy' }),
    );
    const { stored, results } = answerOf(await post(log.url, batch));
    expect(stored).toBe(99);
    expect(results[37]).toMatchObject({
      status: 'rejected',
      reason: expect.stringContaining('no_poison') as string,
    });
    expect(await rolledUp('healthy')).toBe(99);
  });

  it('makes a partition again that somebody dropped', async () => {
    const timestamp = new Date(Date.now() - 9 * 86_400_000).toISOString();
    await post(log.url, newEvent({ timestamp }));
    await log.database.query(`DROP TABLE predictions_${timestamp.slice(0, 10).replaceAll('-', '')}`);
    expect(answerOf(await post(log.url, newEvent({ timestamp }))).stored).toBe(1);
  });

  it.each([
    ['no JSON', 'hello', 'application/json', 400],
    ['nothing', '', 'application/json', 400],
    ['an empty array', '[]', 'application/json', 400],
    ['only line ends', '\n\n', 'application/x-ndjson', 400],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json', 400],
    ['a hundred thousand brackets', '['.repeat(100_000), 'application/json', 400],
    ['nested arrays', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'application/json', 400],
    ['another media type', 'a=b', 'application/x-www-form-urlencoded', 415],
    ['more bytes than allowed', Buffer.alloc(200_001, 0x20), 'application/json', 413],
    ['more events than allowed', `[${'1,'.repeat(10_000)}1]`, 'application/json', 413],
  ])('answers %s with a 4xx', async (_name, body, contentType, status) => {
    expect((await post(log.url, body, contentType)).status).toBe(status);
  });

  it('counts predictions, defects and errors the same in /health and /metrics, right under concurrency', async () => {
    const figures = async (): Promise<number[]> => {
      const health = await readJson(`${log.url}/health`);
      const counts = ['prediction_count', 'defect_count', 'error_count'].map((name) => Number(health[name]));
      const names = ['logging_predictions_total', 'logging_defects_total', 'logging_errors_total'];
      expect(await Promise.all(names.map((name) => metric(log.url, name)))).toEqual(counts);
      return counts;
    };
    const before = await figures();
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        post(log.url, [newEvent({ outputs: { label: index % 4 === 0 ? 8 : 1 } }), { id: 'bad' }]),
      ),
    );
    const after = await figures();
    expect(after.map((value, index) => value - (before[index] ?? 0))).toEqual([200, 50, 200]);
  });

  it('answers as load balancers and operators expect', async () => {
    expect(await readJson(`${log.url}/health`)).toMatchObject({
      status: 'healthy',
      service: 'cloud-logging-api',
      db_initialized: true,
      startup_time: expect.stringMatching(/Z$/) as string,
      last_prediction_time: expect.stringMatching(/Z$/) as string,
    });
    expect(await readJson(`${log.url}/ready`)).toMatchObject({ status: 'ready', db_initialized: true });
    expect(await statusOf(`${log.url}/live`)).toBe(200);
    expect(await metric(log.url, 'logging_db_initialized')).toBe(1);
  });
});
