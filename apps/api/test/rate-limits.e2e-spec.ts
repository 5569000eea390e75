import { generateApiKey } from '@tidegate/api-keys';
import { startOwnRedis, useTestPostgres, type OwnRedis } from '@tidegate/testing';
import { register } from 'prom-client';
import { request } from 'undici';
import { bearer, keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { KeyClient } from './key-client';
import { UpstreamUnderTest } from './upstream-under-test';

const TEN_A_MINUTE = { requests: 10, perSeconds: 60 };
const PREDICT = '/api/inference/predict';

describe('limits at the gateway', () => {
  const postgres = useTestPostgres();
  let upstream: UpstreamUnderTest;
  let redis: OwnRedis;
  const running: ApiUnderTest[] = [];

  beforeAll(async () => {
    upstream = await UpstreamUnderTest.start();
    redis = await startOwnRedis();
  });
  afterEach(async () => {
    for (const api of running.splice(0)) await api.stop();
  });
  afterAll(async () => {
    await redis?.remove();
    await upstream?.stop();
  });

  async function start(settings: Record<string, string>): Promise<ApiUnderTest> {
    // Two apis in one process would both own the metrics.
    register.clear();
    const api = await startApiUnderTest({
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      INFERENCE_URL: `http://127.0.0.1:${upstream.port}`,
      API_RATE_CLASSES: JSON.stringify({ standard: TEN_A_MINUTE, high: TEN_A_MINUTE }),
      ...settings,
    });
    running.push(api);
    await api.waitFor('/ready', 200);
    return api;
  }

  const predict = (api: ApiUnderTest, headers: Record<string, string>): Promise<Response> =>
    fetch(`${api.url}${PREDICT}`, { method: 'POST', headers, body: '{}' });
  const statuses = async (count: number, send: (at: number) => Promise<Response>): Promise<number[]> => {
    const found: number[] = [];
    for (let at = 0; at < count; at += 1) found.push((await send(at)).status);
    return found;
  };
  const metricsOf = async (api: ApiUnderTest): Promise<string> => (await fetch(`${api.url}/metrics`)).text();

  it('two apis count the requests of a key together', async () => {
    const DATABASE_URL = await postgres.createDatabase();
    const one = await start({ DATABASE_URL, REDIS_URL: redis.url });
    const other = await start({ DATABASE_URL, REDIS_URL: redis.url });
    for (const api of [one, other]) await untilRedisIsUsed(api);
    const admin = new KeyClient(one.url, keys.all);
    const expected = [...Array<number>(10).fill(200), 429, 429];
    let found: number[] = [];
    // Who waited 100 ms for Redis counts alone for a second: on a machine as busy as that, it is tried with another key.
    for (let attempt = 0; attempt < 4 && found.join() !== expected.join(); attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, attempt * 1_500));
      const { key } = await admin.make({ scopes: ['predict'] });
      upstream.requests.length = 0;
      found = await statuses(12, (at) => predict(at % 2 === 0 ? one : other, bearer(key)));
    }
    expect(found).toEqual(expected);
    expect(upstream.requests).toHaveLength(10);
  });

  async function untilRedisIsUsed(api: ApiUnderTest): Promise<void> {
    for (let attempt = 0; attempt < 400; attempt += 1) {
      const health = (await (await fetch(`${api.url}/health`)).json()) as { services: { redis: string } };
      if (health.services.redis === 'healthy') return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('Redis was not healthy within 20 s');
  }

  it('tells a key its limit with each answer, and with 429 when to go on', async () => {
    const api = await start({ DATABASE_URL: await postgres.createDatabase() });
    const first = await predict(api, bearer(keys.all));
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-policy')).toMatch(/^"(standard|high)";q=10;w=60$/);
    expect(first.headers.get('ratelimit')).toMatch(/^"(standard|high)";r=9;t=60$/);
    const view = await fetch(`${api.url}/api/health/mlflow/detailed`, { headers: bearer(keys.all) });
    expect(view.headers.get('ratelimit')).toMatch(/;r=8;/);
    await statuses(8, () => predict(api, bearer(keys.all)));

    const refused = await predict(api, bearer(keys.all));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.headers.get('ratelimit')).toMatch(/;r=0;t=\d+$/);
    const retryAfterSeconds = Number(refused.headers.get('retry-after'));
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
    expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    expect(await metricsOf(api)).toMatch(/gateway_rate_limited_total\{class="(standard|high)"\} 1/);
    expect((await predict(api, bearer(keys.readRuns))).status).toBe(403);
  });

  it('limits guessing by address; a valid key from there still works, and a missing one is no guess', async () => {
    const api = await start({
      DATABASE_URL: await postgres.createDatabase(),
      API_AUTH_FAILURES_PER_MINUTE: '3',
    });
    const guess = (): Promise<Response> => predict(api, bearer(generateApiKey({ environment: 'test' }).text));
    expect(await statuses(5, () => predict(api, {}))).toEqual([401, 401, 401, 401, 401]);
    expect(await statuses(5, guess)).toEqual([401, 401, 401, 429, 429]);
    const refused = await predict(api, bearer('made up'));
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await refused.json()).toMatchObject({ code: 'AUTH_FAILURES_LIMITED', status: 429 });
    expect((await predict(api, bearer(keys.all))).status).toBe(200);
    expect((await predict(api, {})).status).toBe(401);
    expect(await metricsOf(api)).toContain('gateway_auth_failures_limited_total 3');
  });

  it('believes the proxy it trusts and nothing that was there before', async () => {
    const api = await start({
      DATABASE_URL: await postgres.createDatabase(),
      API_AUTH_FAILURES_PER_MINUTE: '2',
      TRUSTED_PROXY_CIDRS: '127.0.0.0/8, 10.0.0.0/8',
    });
    const guessAs = (forwardedFor: string): Promise<Response> =>
      predict(api, { ...bearer(keys.nobodys), 'x-forwarded-for': forwardedFor });
    expect(await statuses(4, (at) => guessAs(`198.51.100.${at}, 203.0.113.7, 10.0.0.9`))).toEqual([
      401, 401, 429, 429,
    ]);
    expect((await guessAs('203.0.113.8')).status).toBe(401);
    const inTwoLines = await request(`${api.url}${PREDICT}`, {
      method: 'POST',
      headers: { ...bearer(keys.nobodys), 'x-forwarded-for': ['198.51.100.9', '203.0.113.7'] },
    });
    await inTwoLines.body.dump();
    expect(inTwoLines.statusCode).toBe(429);
  });

  it('believes no header of somebody who is no trusted proxy', async () => {
    const api = await start({
      DATABASE_URL: await postgres.createDatabase(),
      API_AUTH_FAILURES_PER_MINUTE: '2',
      TRUSTED_PROXY_CIDRS: '10.0.0.0/8',
    });
    const guessAs = (forwardedFor: string): Promise<Response> =>
      predict(api, { ...bearer(keys.nobodys), 'x-forwarded-for': forwardedFor });
    expect(await statuses(3, (at) => guessAs(`203.0.113.${at}`))).toEqual([401, 401, 429]);
  });
});
