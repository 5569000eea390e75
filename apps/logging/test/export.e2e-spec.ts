import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RunningService } from '@tidegate/bootstrap';
import { createPool } from '@tidegate/database';
import { ALLOWED_MODELS_HEADER } from '@tidegate/schemas';
import { startOwnPostgres, useTestPostgres, type OwnPostgres } from '@tidegate/testing';
import type { Pool } from 'pg';
import { answerOf, eventually, newEvent, post, readJson, startLogging, statusOf } from './logging-app';

const ROWS = 200_000;

/** What is still in use, garbage left out: when that is collected is the engine's business, not the export's. */
function heldAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Fields of RFC 4180. */
function csvRecords(text: string): string[][] {
  const records: string[][] = [];
  let fields: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    fields.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    records.push(fields);
    fields = [];
  }
  return records;
}

describe('export of predictions', () => {
  let postgres: OwnPostgres;
  let service: RunningService;
  let url: string;
  let database: Pool;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    const databaseUrl = await postgres.createDatabase('logging');
    database = createPool({
      connection: { url: databaseUrl },
      applicationName: 'test',
      statementTimeoutMs: 0,
    });
    service = await startLogging(databaseUrl);
    url = service.url;
    await eventually(async () => (await statusOf(`${url}/ready`)) === 200);
    // It makes the partition of today, whose rows then come by SQL.
    await post(url, newEvent({ model: 'first' }));
    await database.query(`
      INSERT INTO predictions (id, day, predicted_at, model, version, inputs, outputs, latency_ms, is_defect)
      SELECT 'large-' || n, current_date, current_date + n * interval '0.4 seconds', 'large', '1',
             json_build_object('text', repeat('x', 300), 'n', n), '{"label":"3"}', 2.5, false
      FROM generate_series(0, ${ROWS - 1}) n`);
    await database.query('ANALYZE predictions');
  }, 120_000);
  afterAll(async () => {
    await service.shutdown('test');
    await database.end();
    await postgres.remove();
  }, 60_000);

  const open = async (query: string, headers: Record<string, string> = {}): Promise<IncomingMessage> => {
    const sent = request(`${url}/predictions?${query}`, { headers, agent: false });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return answer;
  };
  const runningExports = async (): Promise<number> => {
    const { rows } = await database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE application_name = 'cloud-logging-api' AND backend_xmin IS NOT NULL`,
    );
    return rows[0]?.count ?? NaN;
  };

  it('gives every row once, newest first, with flat memory, while more rows come', async () => {
    const answer = await open('model=large', { accept: 'application/x-ndjson' });
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    // How often each came, so that the test itself keeps nothing that grows.
    const times = new Uint8Array(ROWS);
    const heldBytes: number[] = [];
    let count = 0;
    let before = '9999';
    let isOrdered = true;
    for await (const line of createInterface({ input: answer })) {
      const { id, timestamp } = JSON.parse(line) as { id: string; timestamp: string };
      if (timestamp > before) isOrdered = false;
      before = timestamp;
      const row = Number(id.slice('large-'.length));
      times[row] = (times[row] ?? 0) + 1;
      count += 1;
      if (count % 20_000 !== 0) continue;
      heldBytes.push(heldAfterCollection());
      await post(url, newEvent({ model: 'large', timestamp: new Date().toISOString() }));
    }
    expect(isOrdered).toBe(true);
    expect(count).toBe(ROWS);
    expect(times.every((often) => often === 1)).toBe(true);
    // The whole is 80 MB; what waits between the database and the caller is a few hundred rows. Only growth counts: what
    // other tests left in this process may be freed meanwhile.
    expect(Math.max(...heldBytes) - (heldBytes[0] ?? 0)).toBeLessThan(20_000_000);
    await eventually(async () => (await runningExports()) === 0);
  }, 120_000);

  it('reads from the database only as fast as the caller takes it', async () => {
    const answer = await open('model=large&format=ndjson');
    answer.pause();
    const cursors = async (): Promise<string[]> =>
      (
        await database.query<{ query: string }>(
          `SELECT query FROM pg_stat_activity WHERE application_name = 'cloud-logging-api' AND state = 'idle in transaction'`,
        )
      ).rows.map(({ query }) => query);
    // It stands still in the middle of its cursor until the caller goes on.
    await eventually(async () => (await cursors()).some((query) => query.startsWith('FETCH')));
    answer.destroy();
    await eventually(async () => (await runningExports()) === 0);
  });

  it('ends the query of a caller that leaves, and lets the next one in', async () => {
    for (let times = 0; times < 5; times += 1) {
      const answers = await Promise.all([open('model=large&format=ndjson'), open('model=large&format=csv')]);
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
      expect(await readJson(`${url}/predictions?format=csv`)).toMatchObject({
        status: 503,
        code: 'OVERLOADED',
      });
      for (const answer of answers) answer.destroy();
      await eventually(async () => (await runningExports()) === 0);
    }
  });

  it('writes CSV that a reader gets back as it was and a spreadsheet does not run', async () => {
    const event = newEvent({
      id: 'csv-1',
      model: 'csv',
      version: '=1+1',
      alias: 'a,"b"\r\nc',
      inputs: { text: 'x, "y"', negative: -1 },
      outputs: -1.5,
      metadata: { formula: '=HYPERLINK("http://x")' },
      request_id: '@SUM(1)',
      subject: '+49 170 1',
      traceparent: '-2+3',
    });
    await post(url, event);
    const answer = await fetch(`${url}/predictions?model=csv`, { headers: { accept: 'text/csv' } });
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="predictions.csv"');
    const [head = [], record = [], ...rest] = csvRecords(await answer.text());
    expect(rest).toEqual([]);
    expect(Object.fromEntries(head.map((name, index) => [name, record[index]]))).toEqual({
      id: 'csv-1',
      timestamp: event['timestamp'],
      model: 'csv',
      version: `'=1+1`,
      alias: event['alias'],
      inputs: JSON.stringify(event['inputs']),
      outputs: '-1.5',
      latency_ms: '2',
      defect: 'false',
      request_id: `'@SUM(1)`,
      traceparent: `'-2+3`,
      metadata: JSON.stringify(event['metadata']),
      subject: `'+49 170 1`,
      received_at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
    });
  });

  it('writes as NDJSON what a page of JSON shows, and of a limited caller only their models', async () => {
    const events = [
      newEvent({ model: 'lines', inputs: { a: 'Jürgen 😀\n"' }, metadata: { subject: 1 } }),
      newEvent({ model: 'lines', outputs: null, latency_ms: undefined, defect: true }),
      newEvent({ model: 'hidden' }),
    ];
    expect(answerOf(await post(url, events)).stored).toBe(3);
    const headers = { [ALLOWED_MODELS_HEADER]: 'lines' };
    const text = await (await fetch(`${url}/predictions?format=ndjson`, { headers })).text();
    const { predictions } = (await (await fetch(`${url}/predictions`, { headers })).json()) as {
      predictions: unknown[];
    };
    expect(predictions).toHaveLength(2);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(predictions);
    const none = await fetch(`${url}/predictions?format=ndjson&model=hidden`, { headers });
    expect([none.status, await none.text()]).toEqual([200, '']);
  });

  it('cuts the connection when the database dies in the middle: no file looks complete that is not', async () => {
    const answer = await open('model=large&format=ndjson');
    answer.pause();
    await eventually(async () => (await runningExports()) > 0);
    await postgres.crash();
    let lines = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of answer) lines += String(chunk).split('\n').length - 1;
    };
    await expect(read()).rejects.toThrow(/aborted|ECONNRESET/);
    expect(answer.complete).toBe(false);
    expect(lines).toBeLessThan(ROWS);
    expect(await readJson(`${url}/predictions?format=csv`)).toMatchObject({
      status: 503,
      code: 'DATABASE_UNAVAILABLE',
    });
    await postgres.start();
    await eventually(async () => (await statusOf(`${url}/predictions?model=csv&format=csv`)) === 200);
  }, 60_000);
});

describe('an export that takes too long', () => {
  const postgres = useTestPostgres();
  let database: Pool;
  let service: RunningService;

  beforeAll(async () => {
    const databaseUrl = await postgres.createDatabase();
    database = createPool({ connection: { url: databaseUrl }, applicationName: 'test' });
    service = await startLogging(databaseUrl, { EXPORT_TIMEOUT_MS: '3000' });
    await eventually(async () => (await statusOf(`${service.url}/ready`)) === 200);
  });
  afterAll(async () => {
    await service.shutdown('test');
    await database.end();
  });

  it('is cut', async () => {
    const inputs = 'x'.repeat(20_000);
    for (let batch = 0; batch < 12; batch += 1)
      await post(
        service.url,
        Array.from({ length: 100 }, () => newEvent({ inputs })),
      );
    const sent = request(`${service.url}/predictions?format=ndjson`, { agent: false });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.pause();
    // Its transaction is open while it reads, and while it waits for the caller.
    const isRunning = async (): Promise<boolean> => {
      const { rowCount } = await database.query(
        `SELECT 1 FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE 'FETCH%' AND xact_start IS NOT NULL`,
      );
      return rowCount !== 0;
    };
    await eventually(isRunning);
    await eventually(async () => !(await isRunning()));
    await expect(once(answer.resume(), 'end')).rejects.toThrow(/aborted/);
  });
});
