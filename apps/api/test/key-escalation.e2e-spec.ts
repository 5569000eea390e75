import { useTestPostgres } from '@tidegate/testing';
import { keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { KeyClient } from './key-client';

const DAY_MS = 86_400_000;

describe('a key that manages keys', () => {
  const postgres = useTestPostgres();
  let api: ApiUnderTest;
  let everything: KeyClient;

  beforeAll(async () => {
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
    });
    await api.waitFor('/ready', 200);
    everything = new KeyClient(api.url, keys.all);
  });
  afterAll(() => api?.stop());

  const adminWith = async (limits: object): Promise<KeyClient & { readonly id: string }> => {
    const { id, key } = await everything.make({ scopes: ['keys:admin', 'predict'], ...limits });
    return Object.assign(new KeyClient(api.url, key), { id });
  };
  const tomorrow = (): string => new Date(Date.now() + DAY_MS).toISOString();

  it.each<[string, object, object, object, string]>([
    ['a scope', {}, { scopes: ['predict'] }, { scopes: ['predict', 'ops:read'] }, 'scopes: '],
    ['another model', { models: ['a', 'b'] }, { models: ['a'] }, { models: ['a', 'c'] }, 'models: '],
    ['all models', { models: ['a'] }, { models: ['a'] }, {}, 'models: '],
    [
      'another network',
      { allowed_cidrs: ['127.0.0.0/8'] },
      { allowed_cidrs: ['127.0.0.0/16', '127.1.2.3'] },
      { allowed_cidrs: ['127.0.0.0/16', '10.0.0.0/8'] },
      'allowed_cidrs: ',
    ],
    [
      'a wider network',
      { allowed_cidrs: ['127.0.0.0/8'] },
      { allowed_cidrs: ['127.0.0.0/8'] },
      { allowed_cidrs: ['0.0.0.0/0'] },
      'allowed_cidrs: ',
    ],
    [
      'use from anywhere',
      { allowed_cidrs: ['127.0.0.0/8'] },
      { allowed_cidrs: ['127.0.0.1'] },
      {},
      'allowed_cidrs: ',
    ],
    ['more requests', {}, { rate_class: 'standard' }, { rate_class: 'unlimited' }, 'rate_class: '],
    ['more time', { expires_in_days: 2 }, { expires_in_days: 1 }, { expires_in_days: 3 }, 'expires_at: '],
    ['time without end', { expires_in_days: 2 }, { expires_at: tomorrow() }, {}, 'expires_at: '],
  ])('cannot grant %s it lacks', async (_what, own, held, lacking, detail) => {
    const admin = await adminWith(own);
    expect(await admin.create({ owner: 'ann', scopes: ['predict'], ...held })).toMatchObject({ status: 201 });
    const refused = await admin.create({ owner: 'ann', scopes: ['predict'], ...lacking });
    expect([refused.status, refused.body.code]).toEqual([403, 'GRANT_REFUSED']);
    expect(refused.body.detail).toContain(detail);
  });

  it('cannot have a stronger key rotated, but may end it', async () => {
    const admin = await adminWith({ models: ['a'], expires_in_days: 2 });
    const stronger = await everything.make({ scopes: ['predict'], expires_in_days: 1 });
    const refused = await admin.rotate(stronger.id);
    expect([refused.status, refused.body.code]).toEqual([403, 'GRANT_REFUSED']);
    expect(refused.body.detail).toMatch(/^models: /);
    expect((await everything.get(stronger.id)).body).toMatchObject({ replaced_by: null, revoked_at: null });
    expect((await admin.revoke(stronger.id)).status).toBe(200);
  });

  it('can rotate itself, but not to live longer', async () => {
    const admin = await adminWith({ expires_in_days: 2 });
    const refused = await admin.rotate(admin.id, { expires_in_days: 3 });
    expect([refused.status, refused.body.detail]).toEqual([403, expect.stringMatching(/^expires_at: /)]);
    const successor = await admin.rotate(admin.id, { overlap_seconds: 60 });
    expect(successor.status).toBe(201);
    // It has a minute left, and so would everything it makes.
    const late = await admin.create({ owner: 'ann', scopes: ['predict'], expires_in_days: 1 });
    expect([late.status, late.body.code]).toEqual([403, 'GRANT_REFUSED']);
  });

  it('can end itself', async () => {
    const admin = await adminWith({});
    expect((await admin.revoke(admin.id)).status).toBe(200);
    expect((await admin.list()).status).toBe(401);
  });

  it('rotates itself once, however often it asks at once', async () => {
    const atOnce = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 5 }, work));
    for (let round = 0; round < 5; round += 1) {
      const admin = await adminWith({});
      // Connections to the database are there now: none of the five has to wait for one.
      await atOnce(() => admin.list());
      const answers = await atOnce(() => admin.rotate(admin.id));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    }
  });

  it('is needed: other keys manage nothing', async () => {
    const { id, key } = await everything.make({ scopes: ['predict'] });
    const plain = new KeyClient(api.url, key);
    for (const answer of [
      await plain.create({ owner: 'ann', scopes: ['predict'] }),
      await plain.list(),
      await plain.get(id),
      await plain.rotate(id),
      await plain.revoke(id),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([403, 'SCOPE_MISSING']);
      expect(answer.body.detail).toContain('"keys:admin"');
    }
  });
});
