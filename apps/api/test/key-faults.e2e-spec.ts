import {
  startOwnPostgres,
  startOwnRedis,
  useTestPostgres,
  type OwnPostgres,
  type OwnRedis,
} from '@tidegate/testing';
import type * as ApiUnderTestModule from './api-under-test';
import { keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { KeyClient, predict } from './key-client';
import { until } from './until';
import { UpstreamUnderTest } from './upstream-under-test';

/** Requests 50 ms apart that the message may be behind the answer; without one, some eighty would be let in. */
const AT_ONCE = 20;

let upstream: UpstreamUnderTest;
beforeAll(async () => {
  upstream = await UpstreamUnderTest.start();
});
afterAll(() => upstream?.stop());

const settings = (databaseUrl: string): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
  INFERENCE_URL: `http://127.0.0.1:${upstream.port}`,
  API_SERVICE_KEYS: JSON.stringify([
    { name: 'admin', key: keys.all, scopes: ['keys:admin', 'predict'], rate_class: 'unlimited' },
  ]),
  API_AUTH_FAILURES_PER_MINUTE: '1000',
});

describe('a key that is revoked by another process', () => {
  const postgres = useTestPostgres();
  let redis: OwnRedis;
  let one: ApiUnderTest;
  let other: ApiUnderTest;
  let admin: KeyClient;

  beforeAll(async () => {
    redis = await startOwnRedis();
    const environment = { ...settings(await postgres.createDatabase()), REDIS_URL: redis.url };
    one = await startApiUnderTest(environment);
    await one.waitFor('/ready', 200);
    // With modules of its own it shares nothing with the first, as a second process.
    await jest.isolateModulesAsync(async () => {
      const isolated = jest.requireActual<typeof ApiUnderTestModule>('./api-under-test');
      other = await isolated.startApiUnderTest(environment);
    });
    await other.waitFor('/ready', 200);
    admin = new KeyClient(one.url, keys.all);
  });
  afterAll(async () => {
    await other?.stop();
    await one?.stop();
    await redis?.remove();
  });

  /** A key both have just looked up, so that both would go by what they remember for seconds. */
  async function keyInUse(): Promise<{ id: string; key: string }> {
    const made = await admin.make({ scopes: ['predict'] });
    for (const { url } of [one, other]) expect(await predict(url, made.key)).toBe(200);
    return made;
  }

  /** How many of the next requests to `api` were let in before the first refusal. */
  async function letInAfterRevocation(api: ApiUnderTest, key: string): Promise<number> {
    let letIn = 0;
    await until(async () => {
      const status = await predict(api.url, key);
      letIn += status === 200 ? 1 : 0;
      return status === 401;
    });
    return letIn;
  }

  it('is refused at once, since Redis tells', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, key } = await keyInUse();
      expect((await admin.revoke(id)).status).toBe(200);
      expect(await predict(one.url, key)).toBe(401);
      expect(await letInAfterRevocation(other, key)).toBeLessThanOrEqual(AT_ONCE);
    }
  });

  it('is refused at once when a rotation ended it', async () => {
    const { id, key } = await keyInUse();
    const { body } = await admin.rotate(id, { overlap_seconds: 0 });
    expect(await letInAfterRevocation(other, key)).toBeLessThanOrEqual(AT_ONCE);
    expect(await predict(other.url, body.key)).toBe(200);
  });

  it('is refused within seconds while Redis is away, and at once when it is back', async () => {
    await redis.crash();
    const { id, key } = await keyInUse();
    expect((await admin.revoke(id)).status).toBe(200);
    expect(await predict(one.url, key)).toBe(401);
    await letInAfterRevocation(other, key);
    expect(one.log()).toContain('other processes were not told of a changed key');

    await redis.start();
    await until(async () => {
      const next = await keyInUse();
      await admin.revoke(next.id);
      return (await letInAfterRevocation(other, next.key)) <= AT_ONCE;
    }, 5);
  }, 120_000);
});

describe('the management of keys while the database is away', () => {
  let postgres: OwnPostgres;
  let api: ApiUnderTest;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    api = await startApiUnderTest(settings(await postgres.createDatabase('keys')));
    await api.waitFor('/ready', 200);
  });
  afterAll(async () => {
    await api?.stop();
    await postgres?.remove();
  });

  it('says so with a code, and counts who is served by what was known', async () => {
    const admin = new KeyClient(api.url, keys.all);
    const { id } = await admin.make({ scopes: ['predict'] });
    await postgres.stop();
    for (const answer of [
      await admin.list(),
      await admin.get(id),
      await admin.create({ owner: 'ann', scopes: ['predict'] }),
      await admin.rotate(id),
      await admin.revoke(id),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([503, 'KEY_STORE_UNAVAILABLE']);
      expect(answer.headers.get('retry-after')).toBe('5');
    }
    const served = async (): Promise<number> => {
      const text = await (await fetch(`${api.url}/metrics`)).text();
      return Number(/^api_keys_served_without_database_total (\d+)$/m.exec(text)?.[1]);
    };
    await until(async () => {
      expect(await predict(api.url, keys.all)).toBe(200);
      return (await served()) > 0;
    });
    await postgres.start();
    await until(async () => (await admin.list()).status === 200);
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    expect(metrics).toMatch(/^api_authentications_total\{result="accepted"\} [1-9]\d*$/m);
  }, 120_000);
});
