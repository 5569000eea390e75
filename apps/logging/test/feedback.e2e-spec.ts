import { ALLOWED_MODELS_HEADER, feedbackAnswerSchema, type FeedbackAnswer } from '@tidegate/schemas';
import { eventually, newEvent, post, readJson, uuidV7 } from './logging-app';
import { useLogging } from './use-logging';

interface Reply {
  status: number;
  body: Record<string, unknown>;
}

describe('POST /feedback', () => {
  const log = useLogging({
    DEFECT_RULES: '{"graded":{"output":"grade","labels":["bad"]}}',
  });

  const send = async (body: unknown, headers: Record<string, string> = {}): Promise<Reply> => {
    const answer = await fetch(`${log.url}/feedback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const answerOf = ({ body }: Reply): FeedbackAnswer => feedbackAnswerSchema.parse(body);
  const accuracy = async (model: string): Promise<unknown> => {
    const { totals } = (await readJson(`${log.url}/stats?model=${model}`)) as {
      totals: { judged: number; correct: number };
    };
    return [totals.judged, totals.correct];
  };
  let models = 0;
  /** A stored prediction of a model of its own. */
  const predicted = async (
    changes: Record<string, unknown> = {},
  ): Promise<{ id: string; model: string; timestamp: string }> => {
    models += 1;
    const event = newEvent({ model: `m${models}`, outputs: { label: '3', score: 0.5 }, ...changes });
    expect((await post(log.url, event)).status).toBe(201);
    return event as { id: string; model: string; timestamp: string };
  };

  it('applies what comes after the prediction at once, and counts it once however often it comes', async () => {
    const { id, timestamp, model } = await predicted();
    for (let times = 0; times < 3; times += 1) {
      const reply = await send({ id, timestamp, actual: 3 });
      expect([reply.status, reply.body]).toEqual([
        201,
        { applied: 1, pending: 0, rejected: 0, results: [{ id, status: 'applied' }] },
      ]);
      expect(await accuracy(model)).toEqual([1, 1]);
    }
  });

  it('corrects the accuracy when another value comes', async () => {
    const { id, timestamp, model } = await predicted();
    const seen: unknown[] = [];
    for (const actual of ['4', '3', { label: '3' }, [1], '5']) {
      await send({ id, timestamp, actual });
      seen.push(await accuracy(model));
    }
    // An array has no label to compare: nothing is judged any more.
    expect(seen).toEqual([
      [1, 0],
      [1, 1],
      [1, 1],
      [0, 0],
      [1, 0],
    ]);
  });

  it('keeps what comes before the prediction until it is there', async () => {
    const event = newEvent({ model: 'later' });
    const { id, timestamp } = event;
    expect((await send([{ id, timestamp, actual: 'x' }])).body).toMatchObject({
      pending: 1,
      results: [{ id, status: 'pending' }],
    });
    await post(log.url, event);
    await eventually(async () => String(await accuracy('later')) === '1,0');
  });

  it.each([
    ['the field of the defect rule', 'graded', { grade: 'good', label: 'x' }, 'good', [1, 1]],
    ['the field "label"', 'labelled', { label: 7, grade: 'good' }, '7', [1, 1]],
    ['a bare value', 'bare', 'cat', 'cat', [1, 1]],
    ['a number as text', 'number', 1, '1.0', [1, 0]],
    ['a truth value', 'truth', true, true, [1, 1]],
    ['nothing, since there is no label', 'none', { score: 0.5 }, 'x', [0, 0]],
    ['nothing, since outputs are an array', 'array', [0.5], 0.5, [0, 0]],
  ])('compares %s', async (_name, model, outputs, actual, expected) => {
    const { id, timestamp } = await predicted({ model, outputs });
    await send({ id, timestamp, actual });
    expect(await accuracy(model)).toEqual(expected);
  });

  it('needs no day for a UUIDv7, and a day or the timestamp for any other id', async () => {
    const { model, id } = await predicted({ id: uuidV7(Date.now()), timestamp: undefined });
    expect(answerOf(await send({ id, actual: '3' })).applied).toBe(1);
    expect(await accuracy(model)).toEqual([1, 1]);
    const other = await predicted();
    const day = other.timestamp.slice(0, 10);
    expect(answerOf(await send({ id: other.id, day, actual: '3' })).applied).toBe(1);
    const { status, body } = await send({ id: other.id, actual: '3' });
    expect([status, body['results']]).toEqual([
      400,
      [{ id: other.id, status: 'rejected', reason: expect.stringMatching(/^day_required/) as string }],
    ]);
  });

  it('takes NDJSON, and of several about one prediction the last', async () => {
    const { id, timestamp, model } = await predicted();
    const lines = ['4', '5', '3'].map((actual) => JSON.stringify({ id, timestamp, actual }));
    const reply = await send(`${lines.join('\n')}\n{"id":\n`, { 'content-type': 'application/x-ndjson' });
    expect(reply.status).toBe(201);
    expect(answerOf(reply)).toMatchObject({ applied: 3, rejected: 1 });
    expect(await accuracy(model)).toEqual([1, 1]);
  });

  it('says of each bad item what is wrong with it, and takes the good ones', async () => {
    const { id, timestamp } = await predicted();
    const body = `[{"id":"${id}","timestamp":"${timestamp}","actual":3},{"id":"a","actual":null,"day":"2026-01-01"},
      {"id":"b","day":"yesterday","actual":1},{"id":"c","day":"1999-01-01","actual":1},{"id":"d","actual":NaN},
      {"id":"e","day":"${timestamp.slice(0, 10)}"},{"__proto__":1},7,{"id":"f","actual":"\\u0000","day":"2026-01-01"},
      {"id":"g","day":"${timestamp.slice(0, 10)}","actual":"${'x'.repeat(9000)}"},
      {"id":"h","day":"0000-01-01","actual":1},{"id":"i","day":"9999-12-31","actual":1},
      {"id":"ffffffff-ffff-7fff-bfff-ffffffffffff","actual":1}]`;
    const { results } = answerOf(await send(body));
    expect(results.map(({ status, reason }) => reason?.split(':')[0] ?? status)).toEqual([
      'applied',
      'invalid',
      'invalid',
      'timestamp_out_of_range',
      'not_json',
      'invalid',
      'forbidden_key',
      'invalid',
      'text_invalid',
      'invalid',
      'timestamp_out_of_range',
      'timestamp_out_of_range',
      'timestamp_out_of_range',
    ]);
  });

  it('answers a caller limited to other models as if the prediction were unknown', async () => {
    const { id, timestamp, model } = await predicted();
    const item = { id, timestamp, actual: 'x' };
    const unknown = { id: 'unknown', timestamp, actual: 'x' };
    const asOther = { [ALLOWED_MODELS_HEADER]: 'other' };
    const { results } = answerOf(await send([item, unknown], asOther));
    expect(results.map(({ status }) => status)).toEqual(['pending', 'pending']);
    expect(await accuracy(model)).toEqual([0, 0]);
    expect(answerOf(await send(item, { [ALLOWED_MODELS_HEADER]: model })).applied).toBe(1);
    expect(await accuracy(model)).toEqual([1, 0]);
    await send({ ...item, actual: '3' }, asOther);
    expect(await accuracy(model)).toEqual([1, 0]);
  });

  it.each([
    ['nothing', '', 400],
    ['no feedback', '[]', 400],
    ['more than allowed', `[${'1,'.repeat(10_000)}1]`, 413],
  ])('answers %s with a 4xx', async (_name, body, status) => {
    expect((await send(body)).status).toBe(status);
  });
});
