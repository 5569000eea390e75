import { RawConnection, useTestPostgres } from '@tidegate/testing';
import { keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { KeyClient } from './key-client';
import { bodyOf, UpstreamUnderTest } from './upstream-under-test';

/** Sends keys in every way there is, right and wrong, and looks for them in everything that came out. */
describe('an API key', () => {
  const postgres = useTestPostgres();
  /** Wrong by one character each; well-formed ones and others. */
  const damaged = `${keys.readRuns.slice(0, -1)}${keys.readRuns.endsWith('0') ? '1' : '0'}`;
  const sent = [keys.all, keys.readRuns, keys.nobodys, damaged];
  const seenUpstream: string[] = [];
  const answers: string[] = [];
  let upstream: UpstreamUnderTest;
  let api: ApiUnderTest;
  let made: string;

  beforeAll(async () => {
    upstream = await UpstreamUnderTest.start();
    upstream.answer = (request, response) => {
      void bodyOf(request).then((body) => {
        seenUpstream.push([request.url, ...request.rawHeaders, body.toString('latin1')].join('\n'));
        response.end('{}');
      });
    };
    const address = `http://127.0.0.1:${upstream.port}`;
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: address,
      INFERENCE_URL: address,
      LOGGING_URL: address,
      LOG_LEVEL: 'trace',
    });
    await api.waitFor('/ready', 200);
    await useKeys();
  }, 60_000);

  afterAll(async () => {
    await api.stop();
    await upstream.stop();
  });

  async function useKeys(): Promise<void> {
    const admin = new KeyClient(api.url, keys.all);
    made = (await admin.make({ scopes: ['predict'] })).key;
    sent.push(made);
    const routes = [
      'mlflow/runs/get?run_id=1',
      'mlflow/users/list',
      'inference/predict',
      'logging/stats',
      'keys',
    ];
    for (const key of sent) {
      const waysToSend: Record<string, string>[] = [
        { authorization: `Bearer ${key}` },
        { authorization: `Basic ${Buffer.from(`${key}:${key}`).toString('base64')}` },
        { 'x-api-key': key },
        // Where it does not belong, beside one where it does.
        { 'x-api-key': key, cookie: `key=${key}`, 'proxy-authorization': `Bearer ${key}` },
        { authorization: `Bearer ${key} ${key}` },
        { authorization: key },
      ];
      for (const headers of waysToSend)
        for (const route of routes) await send(`/api/${route}`, headers, route.endsWith('predict'));
      await send(`/api/keys/${key}`, { 'x-api-key': keys.all });
      await send(`/api/mlflow/runs/${key}`, { 'x-api-key': keys.all });
      await send(`/api/mlflow/version?api_key=${key}`, {});
      await send(`/health?detailed=true&key=${key}`, { 'x-api-key': key });
      const raw = await RawConnection.open(api.url);
      answers.push(await raw.send(`GET /live HTTP/1.1\r\nX-API-Key ${key}\r\n\r\n`).untilClosed());
    }
    await admin.rotate(made.split('_')[2] ?? '', {});
    await admin.revoke(made.split('_')[2] ?? '');
  }

  async function send(route: string, headers: Record<string, string>, isPost = false): Promise<void> {
    const response = await fetch(`${api.url}${route}`, {
      headers,
      ...(isPost && { method: 'POST', body: '{"instances":[[1]]}' }),
    });
    answers.push([response.status, ...[...response.headers].flat(), await response.text()].join('\n'));
  }

  /** Also without the checksum, and as it stands in HTTP Basic. */
  function expectNoKeyIn(texts: readonly string[]): void {
    const text = texts.join('\n');
    for (const key of sent) {
      const [, , , secret = ''] = key.split('_');
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(`${key}:${key}`).toString('base64'));
    }
  }

  it('is in no request to an upstream', () => {
    expect(seenUpstream.length).toBeGreaterThan(10);
    expectNoKeyIn(seenUpstream);
    expectNoKeyIn(upstream.requests.flatMap(({ url = '', rawHeaders }) => [url, ...rawHeaders]));
  });

  it('is in no answer, whatever the error', () => {
    const codes = new Set(answers.flatMap((answer) => /"code":"(\w+)"/.exec(answer)?.[1] ?? []));
    expect([...codes].sort()).toEqual(
      expect.arrayContaining([
        'API_KEY_INVALID',
        'API_KEY_REQUIRED',
        'AUTH_FAILURES_LIMITED',
        'KEY_NOT_FOUND',
        'NOT_FOUND',
        'SCOPE_MISSING',
      ]),
    );
    expectNoKeyIn(answers);
  });

  it('is in no line of the log, whose audit lines name the id', () => {
    expect(api.log()).toContain(`"key":"${made.split('_')[2]}"`);
    expectNoKeyIn([api.log()]);
  });

  it('is in no metric and in no page', async () => {
    const pages = ['/metrics', '/docs', '/docs/openapi.json', '/health?detailed=true'];
    expectNoKeyIn(await Promise.all(pages.map(async (page) => (await fetch(`${api.url}${page}`)).text())));
  });
});
