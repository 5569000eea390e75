import { generateApiKey, parseApiKey, PepperRing } from '@tidegate/api-keys';
import { createPool } from '@tidegate/database';
import { FakeClock, useTestPostgres } from '@tidegate/testing';
import { KeySeeding } from '../src/keys/key-seeding';
import { KeyStore } from '../src/keys/key-store';
import { KeyStoreStartup } from '../src/keys/key-store-startup';
import { KeyUsage } from '../src/keys/key-usage';
import { seedKeysValue } from '../src/keys/seed-keys.config';
import { keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { KeyClient, predict } from './key-client';
import { queryDatabase } from './query-database';
import { until } from './until';
import { UpstreamUnderTest } from './upstream-under-test';

const newKey = (): string => generateApiKey({ environment: 'test' }).text;
const idOf = (key: string): string => parseApiKey(key)?.id ?? '';

describe('keys given by secret', () => {
  const postgres = useTestPostgres();
  let upstream: UpstreamUnderTest;
  let databaseUrl: string;
  let api: ApiUnderTest | undefined;

  beforeAll(async () => {
    upstream = await UpstreamUnderTest.start();
  });
  afterAll(() => upstream?.stop());
  beforeEach(async () => {
    databaseUrl = await postgres.createDatabase();
  });
  afterEach(async () => {
    await api?.stop();
    api = undefined;
  });

  /** The api anew on the same database; gives its address. */
  async function start(environment: Record<string, string> = {}): Promise<string> {
    await api?.stop();
    api = await startApiUnderTest({
      DATABASE_URL: databaseUrl,
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      INFERENCE_URL: `http://127.0.0.1:${upstream.port}`,
      ...environment,
    });
    await api.waitFor('/ready', 200);
    return api.url;
  }
  const query = <T extends Record<string, unknown>>(text: string, ...values: unknown[]): Promise<T[]> =>
    queryDatabase<T>(databaseUrl, text, values);

  describe('the bootstrap key', () => {
    const bootstrap = newKey();
    const first = { owner: 'ann', scopes: ['keys:admin', 'predict'], rate_class: 'unlimited' };

    it('makes first keys that may do what it may not, and nothing else', async () => {
      const url = await start({ API_BOOTSTRAP_KEY: bootstrap });
      const client = new KeyClient(url, bootstrap);
      const { id, key, expires_at } = await client.make(first);
      expect(expires_at).toBeNull();
      expect(await predict(url, key)).toBe(200);
      expect(await predict(url, bootstrap)).toBe(403);
      const own = idOf(bootstrap);
      const refusals = [
        await client.list(),
        await client.get(id),
        await client.rotate(id),
        await client.rotate(own, { overlap_seconds: 0 }),
        await client.revoke(id),
      ];
      for (const { status, body } of refusals)
        expect([status, body.code]).toEqual([403, 'BOOTSTRAP_KEY_LIMITED']);
      const admin = new KeyClient(url, key);
      const extended = await admin.rotate(own, { expires_in_days: 30 });
      expect([extended.status, extended.body.code]).toEqual([409, 'KEY_NOT_ROTATABLE']);
      expect((await client.revoke(own)).status).toBe(200);
      expect((await client.create(first)).status).toBe(401);
    });

    it('ends after 24 hours, and starting again does not prolong it', async () => {
      const url = await start({ API_BOOTSTRAP_KEY: bootstrap });
      expect((await new KeyClient(url, bootstrap).create(first)).status).toBe(201);
      await query(
        `UPDATE api_keys SET expires_at = expires_at - interval '24 hours' WHERE id = $1`,
        idOf(bootstrap),
      );
      const again = await start({ API_BOOTSTRAP_KEY: bootstrap });
      expect((await new KeyClient(again, bootstrap).create(first)).status).toBe(401);
      const other = newKey();
      const late = await start({ API_BOOTSTRAP_KEY: other });
      expect((await new KeyClient(late, other).create(first)).status).toBe(401);
    });
  });

  describe('the key of a service', () => {
    const old = { name: 'inference', key: newKey(), scopes: ['predict'] };
    const replacement = { name: 'inference', key: newKey(), scopes: ['predict'] };
    const given = (...list: object[]): Record<string, string> => ({ API_SERVICE_KEYS: JSON.stringify(list) });
    const hoursLeft = async (key: string): Promise<number | null> => {
      const [row] = await query<{ hours: number | null }>(
        'SELECT round(extract(epoch FROM expires_at - now()) / 3600)::int AS hours FROM api_keys WHERE id = $1',
        idOf(key),
      );
      return row?.hours ?? null;
    };

    it('works for 24 hours more after it was replaced, and without end when it comes back', async () => {
      await start(given(old));
      const url = await start(given(replacement));
      expect(await predict(url, old.key)).toBe(200);
      expect(await predict(url, replacement.key)).toBe(200);
      expect([await hoursLeft(old.key), await hoursLeft(replacement.key)]).toEqual([24, null]);
      expect(api?.log()).toContain(`"keyIds":["${idOf(old.key)}"],"hours":24`);

      await query(
        `UPDATE api_keys SET expires_at = expires_at - interval '20 hours' WHERE id = $1`,
        idOf(old.key),
      );
      await start(given(replacement));
      expect(await hoursLeft(old.key)).toBe(4);

      await start(given(old, replacement));
      expect([await hoursLeft(old.key), await hoursLeft(replacement.key)]).toEqual([null, null]);
      expect(api?.log()).toContain('no longer end');
    });

    it('is put right within the hour when a process of before starts again in the middle of a deployment', async () => {
      const clock = new FakeClock();
      const peppers = new PepperRing('p'.repeat(32));
      const pool = createPool({ connection: { url: databaseUrl }, applicationName: 'test' });
      const seeding = new KeySeeding(pool, peppers);
      const usage = new KeyUsage(new KeyStore(pool), peppers, clock);
      const serviceKeys = seedKeysValue.parse(JSON.stringify([replacement]));
      const config = { database: { url: databaseUrl }, serviceKeys, bootstrapKey: undefined };
      const startup = new KeyStoreStartup(config, pool, seeding, usage, clock);
      startup.onApplicationBootstrap();
      await until(() => Promise.resolve(startup.isInitialized));

      await seeding.seed(seedKeysValue.parse(JSON.stringify([old])), undefined);
      expect([await hoursLeft(old.key), await hoursLeft(replacement.key)]).toEqual([null, 24]);
      await clock.advance(3_600_000);
      await until(async () => (await hoursLeft(replacement.key)) === null);
      expect(await hoursLeft(old.key)).toBe(24);
      startup.onModuleDestroy();
      await startup.onApplicationShutdown();
    });

    it('may be limited like any other', async () => {
      const limits = {
        scopes: ['predict'],
        models: ['digits'],
        allowed_cidrs: ['10.0.0.0/8'],
        rate_class: 'high',
      };
      const admin = { name: 'admin', key: keys.all, scopes: ['keys:admin'] };
      const url = await start(given({ name: 'inference', key: old.key, ...limits }, admin));
      expect(await predict(url, old.key)).toBe(401);
      const { body } = await new KeyClient(url, keys.all).get(idOf(old.key));
      expect(body).toMatchObject({ owner: 'inference', ...limits, created_by: 'secret' });
    });

    it('stays revoked, however often it is given', async () => {
      const admin = { name: 'admin', key: keys.all, scopes: ['keys:admin'] };
      const url = await start(given(old, admin));
      await new KeyClient(url, keys.all).revoke(idOf(old.key));
      expect(await predict(await start(given(old, admin)), old.key)).toBe(401);
    });
  });

  it('a used key outlives the pepper it was stored with', async () => {
    const [before, after] = ['a'.repeat(32), 'b'.repeat(32)];
    await start({ API_KEY_PEPPER: before });
    const url = await start({ API_KEY_PEPPER: after, API_KEY_PEPPER_PREVIOUS: before });
    expect((await new KeyClient(url, keys.all).list()).status).toBe(200);
    // What the api does an hour after its start.
    const clock = new FakeClock();
    const peppers = new PepperRing(after, before);
    const pool = createPool({ connection: { url: databaseUrl }, applicationName: 'test' });
    const store = new KeyStore(pool);
    const usage = new KeyUsage(store, peppers, clock);
    await clock.advance(3_600_000);
    const record = await store.find(idOf(keys.all));
    if (record) usage.used(keys.all, record);
    await usage.stop();
    await pool.end();
    const later = await start({ API_KEY_PEPPER: after, API_SERVICE_KEYS: '[]' });
    expect((await new KeyClient(later, keys.all).list()).status).toBe(200);
    // This one was not used in the meantime.
    expect((await new KeyClient(later, keys.readRuns).list()).status).toBe(401);
  });
});
