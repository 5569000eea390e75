import { setTimeout as wait } from 'node:timers/promises';
import { parseApiKey } from '@tidegate/api-keys';
import { startOwnRedis, useTestPostgres, type OwnRedis } from '@tidegate/testing';
import { Redis } from 'ioredis';
import { bearer, keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { until } from './until';
import { UpstreamUnderTest } from './upstream-under-test';

/** Far from the end of its limit a key is counted in the process first, near it in Redis: the load has one of each. */
const LIMIT = { requests: 1_000_000, perSeconds: 3_600 };
const NEAR_THE_LIMIT = 950_000;
const LOAD_WORKERS = 16;

describe('a Redis that fails under load', () => {
  const postgres = useTestPostgres();
  let upstream: UpstreamUnderTest;
  let redis: OwnRedis;
  let api: ApiUnderTest;

  beforeEach(async () => {
    upstream = await UpstreamUnderTest.start();
    redis = await startOwnRedis();
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      INFERENCE_URL: `http://127.0.0.1:${upstream.port}`,
      REDIS_URL: redis.url,
      API_RATE_CLASSES: JSON.stringify({ standard: LIMIT, high: LIMIT }),
      API_AUTH_FAILURES_PER_MINUTE: '3',
    });
    await api.waitFor('/ready', 200);
    await untilRedisIs('healthy');
  });
  afterEach(async () => {
    await api?.stop();
    await redis?.remove();
    await upstream?.stop();
  });

  const send = (key: string): Promise<Response> =>
    fetch(`${api.url}/api/inference/predict`, { method: 'POST', headers: bearer(key), body: '{}' });

  /** Requests of both keys until `end` says so; what came instead of the expected status. */
  async function load(end: (sent: number) => boolean): Promise<string[]> {
    const unexpected: string[] = [];
    let sent = 0;
    const expected = { [keys.all]: 200, [keys.readRuns]: 403 };
    const worker = async (key: string): Promise<void> => {
      while (!end(sent)) {
        sent += 1;
        try {
          const response = await send(key);
          await response.arrayBuffer();
          if (response.status !== expected[key]) unexpected.push(`status ${response.status}`);
        } catch (error) {
          unexpected.push(String(error));
        }
      }
    };
    await Promise.all(
      Array.from({ length: LOAD_WORKERS }, (_, at) => worker(at % 2 === 0 ? keys.all : keys.readRuns)),
    );
    return unexpected;
  }

  async function untilRedisIs(status: 'healthy' | 'unhealthy'): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt += 1) {
      const response = await fetch(`${api.url}/health`);
      const health = (await response.json()) as { status: string; services: { redis: string } };
      if (response.status !== 200) throw new Error(`/health answered ${response.status}, expected 200`);
      if (status === 'unhealthy' && health.status === 'healthy')
        throw new Error('/health says healthy without Redis');
      if (health.services.redis === status) return;
      await wait(100);
    }
    throw new Error(`Redis was not ${status} within 30 s`);
  }

  const fallbackMetric = async (): Promise<string> =>
    /^rate_limiter_fallback_active .*$/m.exec(await (await fetch(`${api.url}/metrics`)).text())?.[0] ?? '';

  /** As if other apis had let in nearly all that the key may send. */
  async function countUpNearTheLimit(key: string): Promise<void> {
    const client = new Redis(redis.url);
    const id = parseApiKey(key)?.id ?? '';
    for (const name of ['standard', 'high'])
      await client.set(`tidegate-test:limit:${name}:${id}`, NEAR_THE_LIMIT, 'EX', LIMIT.perSeconds);
    client.disconnect();
  }

  it('fails no request while it is killed and comes back; health says so both times', async () => {
    await countUpNearTheLimit(keys.readRuns);
    let isOver = false;
    const result = load((sent) => isOver && sent > 500);
    await until(async () => /;r=4\d{4};/.test((await send(keys.readRuns)).headers.get('ratelimit') ?? ''));
    await redis.crash();
    await untilRedisIs('unhealthy');
    expect(await fallbackMetric()).toBe('rate_limiter_fallback_active 1');
    await wait(1_000);
    await redis.start();
    await untilRedisIs('healthy');
    await until(async () => (await fallbackMetric()) === 'rate_limiter_fallback_active 0');
    isOver = true;
    expect(await result).toEqual([]);
    expect(api.log()).not.toMatch(/unexpected error|[Uu]nhandled/);
  }, 120_000);

  it('keeps nobody waiting while it is silent', async () => {
    await countUpNearTheLimit(keys.readRuns);
    let isOver = false;
    const result = load(() => isOver);
    await wait(500);
    redis.halt();
    await untilRedisIs('unhealthy');
    const sentSilently = upstream.requests.length;
    // More than run at once: no worker waits for Redis.
    await until(() => upstream.requests.length > sentSilently + LOAD_WORKERS);
    redis.resume();
    await untilRedisIs('healthy');
    isOver = true;
    expect(await result).toEqual([]);
  }, 120_000);

  it('leaves the limits in force, from where the counts were', async () => {
    const guess = (): Promise<number> => send(keys.nobodys).then(({ status }) => status);
    expect([await guess(), await guess()]).toEqual([401, 401]);
    await redis.crash();
    await untilRedisIs('unhealthy');
    expect([await guess(), await guess()]).toEqual([401, 429]);
    const { status, headers } = await send(keys.all);
    expect([status, headers.get('ratelimit')]).toEqual([200, expect.stringContaining('r=999999')]);
  }, 120_000);
});
