import { once } from 'node:events';
import { connect } from 'node:net';
import type { LogItemResult } from '@tidegate/schemas';
import { answerOf, metric, newEvent, post, readJson, statusOf, uuidV7 } from './logging-app';
import { useLogging } from './use-logging';

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
const NDJSON = 'application/x-ndjson';

describe('what callers send', () => {
  const log = useLogging({
    MAX_BODY_BYTES: String(11 * MIB),
    MAX_INFLIGHT_BYTES: String(24 * MIB),
    RETENTION_DAYS: '30',
    RETENTION_BY_MODEL: '{"people":3}',
  });

  const storedIds = async (ids: readonly unknown[]): Promise<Set<string>> => {
    const { rows } = await log.database.query<{ id: string }>(
      'SELECT id FROM predictions WHERE id = ANY($1)',
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  };
  const errorsCounted = async (): Promise<number> => {
    const counted = await metric(log.url, 'logging_errors_total');
    expect((await readJson(`${log.url}/health`))['error_count']).toBe(counted);
    return counted;
  };
  /** `stored`, `duplicate`, or the first word of the reason. */
  const verdict = ({ status, reason }: LogItemResult): string => reason?.split(':')[0] ?? status;
  const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
  const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const json = (event: Record<string, unknown>, more = ''): string =>
    `${JSON.stringify(event).slice(0, -1)}${more === '' ? '' : `,${more}`}}`;

  /** Each with the verdict it has to get, wherever it stands. */
  const mixed = (): [string, string][] => {
    const twice = newEvent();
    return [
      [json(newEvent()), 'stored'],
      [json(newEvent(), '"inputs":NaN'), 'not_json'],
      [json(newEvent(), '"inputs":-Infinity'), 'not_json'],
      [json(newEvent(), '"inputs":1e999'), 'number_out_of_range'],
      [json(newEvent(), '"inputs":[1e-400,-0,1e308,123456789012345678901234567890]'), 'stored'],
      [json(twice), 'stored'],
      [json(newEvent({ metadata: { note: 'a\0b' } })), 'text_invalid'],
      [json(newEvent(), '"metadata":{"note":"\\ud83d"}'), 'text_invalid'],
      [json(newEvent({ metadata: { note: '😀 é \u2028 \x7f' } })), 'stored'],
      [json(newEvent(), `"inputs":${nested(31)}`), 'stored'],
      [json(newEvent(), `"inputs":${nested(40)}`), 'too_deep'],
      [json(newEvent(), '"metadata":{"__proto__":{"polluted":true}}'), 'forbidden_key'],
      [json(newEvent(), '"metadata":{"constructor":{"prototype":1},"toString":1}'), 'stored'],
      [json(newEvent(), '"__proto__":null'), 'forbidden_key'],
      [json(twice), 'duplicate'],
      ['{"id":"unfinished"', 'not_json'],
      ['null', 'invalid'],
      ['"text"', 'invalid'],
      [json(newEvent({ timestamp: '2026-02-30T00:00:00Z' })), 'invalid'],
      [json(newEvent({ timestamp: 'yesterday' })), 'invalid'],
      [json(newEvent({ timestamp: '1970-01-01T00:00:00Z' })), 'timestamp_out_of_range'],
      [json(newEvent({ timestamp: '9999-12-31T23:59:59.999Z' })), 'timestamp_out_of_range'],
      [json(newEvent({ timestamp: '-271821-04-20T00:00:00Z' })), 'invalid'],
      [json(newEvent({ timestamp: ago(29 * DAY_MS) })), 'stored'],
      [json(newEvent({ timestamp: ago(32 * DAY_MS) })), 'timestamp_out_of_range'],
      [json(newEvent({ timestamp: ago(-3 * DAY_MS) })), 'timestamp_out_of_range'],
      [json(newEvent({ model: 'people', timestamp: ago(5 * DAY_MS) })), 'timestamp_out_of_range'],
      [json(newEvent({ model: 'people', timestamp: ago(DAY_MS) })), 'stored'],
      [json(newEvent({ latency_ms: -1 })), 'invalid'],
      [json(newEvent({ unknown_field: 1 })), 'stored'],
      [json(newEvent()), 'stored'],
    ];
  };

  it.each([
    ['an array', (items: string[]) => `[${items.join(',\n ')}]`, 'application/json'],
    ['lines', (items: string[]) => `${items.join('\r\n')}\r\n`, NDJSON],
  ])('as %s gets an answer per item, and every good one is stored', async (_name, bodyOf, contentType) => {
    const items = mixed();
    // In an array an unfinished object swallows what follows.
    const sent = contentType === NDJSON ? items : items.filter(([text]) => text !== '{"id":"unfinished"');
    const reply = await post(log.url, bodyOf(sent.map(([text]) => text)), contentType);
    expect(reply.status).toBe(201);
    const { results } = answerOf(reply);
    expect(results.map(verdict)).toEqual(sent.map(([, expected]) => expected));
    const ids = results.filter(({ status }) => status === 'stored').map(({ id }) => id);
    expect((await storedIds(ids)).size).toBe(ids.length);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    const all = answerOf(await post(log.url, bodyOf(sent.map(([text]) => text)), contentType)).results.map(
      verdict,
    );
    expect(all).toEqual(sent.map(([, expected]) => (expected === 'stored' ? 'duplicate' : expected)));
  });

  it('keeps JSON as it was sent, to the last digit that JavaScript can tell', async () => {
    const inputs = { text: '\u0001\t"\\/é', numbers: [0.1, -0, 1e-7, 2 ** 53], empty: {}, none: null };
    const event = newEvent({ inputs, outputs: [true, 'x', 1.7976931348623157e308] });
    await post(log.url, event);
    const stored = await readJson(`${log.url}/predictions/${String(event['id'])}`);
    expect(stored).toMatchObject({
      inputs: JSON.parse(JSON.stringify(inputs)) as unknown,
      outputs: event['outputs'],
    });
  });

  it.each([
    ['one character', '~'],
    ['128 characters', '!'.repeat(128)],
    ['punctuation', `a/b?c=d&e#f%20'";--<>{}[]|\\^\`~@:+*`],
    ['what looks like a number', '00017'],
    ['what looks like a date', '2026-01-01'],
    ['an upper-case UUIDv7', uuidV7(Date.now()).toUpperCase()],
    ['a UUIDv4', '6fa459ea-ee8a-4ca4-894e-db77e160355e'],
    ['a ULID', '01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    ['a word of SQL', 'NULL'],
    ['a word of JavaScript', '__proto__'],
  ])('takes an id of %s', async (_name, id) => {
    const event = newEvent({ id });
    expect(answerOf(await post(log.url, event)).results).toEqual([{ id, status: 'stored' }]);
    expect(answerOf(await post(log.url, event)).results).toEqual([{ id, status: 'duplicate' }]);
    expect(await readJson(`${log.url}/predictions/${encodeURIComponent(id)}`)).toMatchObject({ id });
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['129 characters', 'x'.repeat(129)],
    ['a space', 'a b'],
    ['a line end', 'a\n'],
    ['letters beyond ASCII', 'é'],
    ['a number', 7],
    ['an object', { toString: 'x' }],
  ])('rejects an id that is %s', async (_name, id) => {
    const reply = await post(log.url, newEvent({ id }));
    expect(reply.status).toBe(400);
    expect(answerOf(reply).results).toEqual([
      { status: 'rejected', reason: expect.stringContaining('event.id') as string },
    ]);
  });

  it('knows one event on two days apart, and the same one over every way to send it', async () => {
    const event = newEvent();
    const yesterday = { ...event, timestamp: ago(DAY_MS) };
    expect(answerOf(await post(log.url, [event, yesterday])).stored).toBe(2);
    const again = [
      post(log.url, event),
      post(log.url, [event]),
      post(log.url, JSON.stringify(event), NDJSON),
    ];
    for (const reply of await Promise.all(again)) expect(answerOf(reply)).toMatchObject({ duplicates: 1 });
    const ofId = { id: uuidV7(Date.now()), model: 'digits', version: '1', outputs: 1 };
    expect(answerOf(await post(log.url, ofId)).stored).toBe(1);
    // The day comes from the id, whatever the timestamp says.
    expect(answerOf(await post(log.url, { ...ofId, timestamp: ago(DAY_MS) })).duplicates).toBe(1);
  });

  it('takes 10 MB at once, in one event and in many, and refuses more than it may', async () => {
    const large = newEvent({ inputs: 'x'.repeat(10 * MIB) });
    expect(answerOf(await post(log.url, large)).stored).toBe(1);
    const many = Array.from({ length: 5000 }, () => newEvent({ inputs: 'x'.repeat(1900) }));
    expect(answerOf(await post(log.url, many)).stored).toBe(5000);
    const before = await errorsCounted();
    const reply = await post(log.url, newEvent({ inputs: 'x'.repeat(11 * MIB) }));
    expect(reply).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
    expect(await errorsCounted()).toBe(before + 1);
  });

  it('counts each request that it refuses as a whole once, and none to another route', async () => {
    const before = await errorsCounted();
    expect((await post(log.url, 'a,b', 'text/csv')).status).toBe(415);
    expect(await errorsCounted()).toBe(before + 1);
    expect((await post(log.url, '[]')).status).toBe(400);
    expect(await errorsCounted()).toBe(before + 2);
    const tooMany = `[${'1,'.repeat(10_000)}1]`;
    expect((await post(log.url, tooMany)).status).toBe(413);
    expect(await errorsCounted()).toBe(before + 3);
    for (const path of ['feedback', 'unknown']) {
      const headers = { 'content-type': 'text/csv' };
      await fetch(`${log.url}/${path}`, { method: 'POST', headers, body: 'a,b' });
    }
    expect(await errorsCounted()).toBe(before + 3);
  });

  it('refuses a body that grows too large without a length in advance', async () => {
    const { hostname, port } = new URL(log.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    socket.write(
      'POST /log HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const before = await errorsCounted();
    const chunk = Buffer.alloc(MIB, 0x20);
    for (let sent = 0; sent < 12 && !socket.destroyed; sent += 1)
      socket.write(Buffer.concat([Buffer.from(`${MIB.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]));
    await closed;
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain('BODY_TOO_LARGE');
    expect(await errorsCounted()).toBe(before + 1);
  });

  it('answers 503 to what would not fit into memory, loses nothing else, and has room again afterwards', async () => {
    const body = (): Record<string, unknown>[] =>
      Array.from({ length: 4 }, () => newEvent({ inputs: 'x'.repeat(2 * MIB) }));
    const before = await errorsCounted();
    const sent = Array.from({ length: 12 }, body);
    const replies = await Promise.all(sent.map((events) => post(log.url, events)));
    const statuses = replies.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([201, 503]));
    for (const { status, headers, body: problem } of replies)
      if (status === 503) {
        expect(problem).toMatchObject({ code: 'OVERLOADED' });
        expect(headers.get('retry-after')).toBe('1');
      }
    expect(await errorsCounted()).toBe(before + statuses.filter((status) => status === 503).length);
    const ids = sent.flatMap((events, index) => (statuses[index] === 201 ? events.map(({ id }) => id) : []));
    expect((await storedIds(ids)).size).toBe(ids.length);
    expect((await post(log.url, body())).status).toBe(201);
  });

  it('answers a sender who is gone, or never finishes, with nothing worse than that', async () => {
    const before = await errorsCounted();
    const { hostname, port } = new URL(log.url);
    for (const text of [
      'POST /log HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"id":',
    ]) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(text);
      socket.destroy();
    }
    expect((await post(log.url, newEvent())).status).toBe(201);
    expect(await statusOf(`${log.url}/live`)).toBe(200);
    expect(await errorsCounted()).toBe(before);
  });
});
