import { SCOPES } from '@tidegate/api-keys';
import { useTestPostgres } from '@tidegate/testing';
import { keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { KeyClient, predict } from './key-client';
import { queryDatabase } from './query-database';
import { UpstreamUnderTest } from './upstream-under-test';

const HOUR_MS = 3_600_000;
const hoursFromNow = (hours: number): number => Date.now() + hours * HOUR_MS;

describe('managing keys', () => {
  const postgres = useTestPostgres();
  let upstream: UpstreamUnderTest;
  let databaseUrl: string;
  let api: ApiUnderTest;
  let admin: KeyClient;

  beforeAll(async () => {
    upstream = await UpstreamUnderTest.start();
    databaseUrl = await postgres.createDatabase();
    api = await startApiUnderTest({
      DATABASE_URL: databaseUrl,
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      INFERENCE_URL: `http://127.0.0.1:${upstream.port}`,
      API_AUTH_FAILURES_PER_MINUTE: '1000',
    });
    await api.waitFor('/ready', 200);
    admin = new KeyClient(api.url, keys.all);
  });
  afterAll(async () => {
    await api?.stop();
    await upstream?.stop();
  });

  const auditOf = (id: string): unknown[] =>
    api
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { audit?: true; subject?: { key?: string } })
      .filter(({ audit, subject }) => audit === true && subject?.key === id);

  it('makes a key that works at once and is shown once', async () => {
    const before = Date.now();
    const { status, headers, body } = await admin.create({
      owner: 'ann',
      scopes: ['predict', 'predict', 'log:read'],
      models: ['digits'],
      allowed_cidrs: ['127.0.0.0/8'],
      rate_class: 'standard',
      expires_in_days: 30,
    });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    const { key, created_at, expires_at, ...rest } = body;
    expect(key).toMatch(new RegExp(`^tg_test_${rest.id}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$`));
    expect(rest).toEqual({
      id: expect.any(String) as string,
      owner: 'ann',
      scopes: ['predict', 'log:read'],
      models: ['digits'],
      allowed_cidrs: ['127.0.0.0/8'],
      rate_class: 'standard',
      created_by: keys.all.split('_')[2],
      revoked_at: null,
      last_used_at: null,
      replaced_by: null,
    });
    const lifetimeMs = Date.parse(expires_at ?? '') - before;
    expect(lifetimeMs).toBeGreaterThanOrEqual(30 * 24 * HOUR_MS);
    expect(lifetimeMs).toBeLessThan(30 * 24 * HOUR_MS + HOUR_MS);
    expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT/);

    const plain = await admin.make({ scopes: ['predict'] });
    expect(await predict(api.url, plain.key)).toBe(200);
    const shown = JSON.stringify([await admin.get(plain.id), await admin.list()]);
    expect(shown).toContain(plain.id);
    expect(shown).not.toContain(plain.key);
    expect(shown).not.toContain('hash');
  });

  it('names every field that is wrong, and makes nothing', async () => {
    const { status, body } = await admin.create({
      owner: '\u0007',
      scopes: ['predict', 'everything'],
      models: [],
      allowed_cidrs: ['10.0.0.0/8', '10.0.0.0/33'],
      rate_class: 'High',
      expires_at: 'tomorrow',
      expires_in_days: 0,
      admin: true,
    });
    expect([status, body.code]).toEqual([400, 'BODY_INVALID']);
    for (const field of [
      'owner: ',
      'scopes.1: expected one of',
      'models: expected 1 to 100',
      'allowed_cidrs.1: "10.0.0.0/33" is not a network',
      'rate_class: ',
      'expires_at: expected ISO 8601',
      'expires_at: expected only one of',
      'expires_in_days: expected 1 to',
      '"admin"',
    ])
      expect(body.detail).toContain(field);
    const past = { owner: 'ann', scopes: ['predict'], expires_at: '2020-01-01T00:00:00Z' };
    expect((await admin.create(past)).body.detail).toBe('expires_at: expected a time in the future');
    const unknownClass = { owner: 'ann', scopes: ['predict'], rate_class: 'gold' };
    expect((await admin.create(unknownClass)).body.detail).toBe(
      'rate_class: expected one of standard, high, unlimited',
    );
    expect((await admin.list('?limit=0&owner=&since=1')).body).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('lists keys newest first, page by page, of one owner, those that still work', async () => {
    const made = [];
    for (let at = 0; at < 3; at += 1) made.push(await admin.make({ owner: 'lister', scopes: ['predict'] }));
    const [first, second, third] = made.map(({ id }) => id).reverse();
    const page = await admin.list('?owner=lister&limit=2');
    expect(page.body.keys.map(({ id }) => id)).toEqual([first, second]);
    const rest = await admin.list(`?owner=lister&limit=2&after=${page.body.next}`);
    expect([rest.body.keys.map(({ id }) => id), rest.body.next]).toEqual([[third], null]);
    await admin.revoke(second ?? '');
    await queryDatabase(databaseUrl, 'UPDATE api_keys SET expires_at = now() WHERE id = $1', [third]);
    const idsOf = async (query: string): Promise<string[]> =>
      (await admin.list(`?owner=lister&${query}`)).body.keys.map(({ id }) => id);
    expect(await idsOf('active=true')).toEqual([first]);
    expect(await idsOf('active=false')).toEqual([second, third]);
  });

  it('ends a key at once, again and again, and says when', async () => {
    const { id, key } = await admin.make({ scopes: ['predict'] });
    expect(await predict(api.url, key)).toBe(200);
    const revoked = await admin.revoke(id);
    expect([revoked.status, revoked.body.revoked_at]).toEqual([200, expect.any(String)]);
    expect(await predict(api.url, key)).toBe(401);
    // Its last use may be written down in between.
    const { last_used_at } = revoked.body;
    expect({ ...(await admin.revoke(id)).body, last_used_at }).toEqual(revoked.body);
  });

  it('rotates a key: the new one has the same rights, the old one goes on for the overlap', async () => {
    const limits = { scopes: ['predict', 'keys:admin'], rate_class: 'standard', expires_in_days: 90 };
    const old = await admin.make(limits);
    const { status, body } = await admin.rotate(old.id);
    expect(status).toBe(201);
    expect(body).toMatchObject({ owner: old.owner, scopes: old.scopes, expires_at: old.expires_at });
    expect(await predict(api.url, old.key)).toBe(200);
    expect(await predict(api.url, body.key)).toBe(200);
    const { expires_at, replaced_by } = (await admin.get(old.id)).body;
    expect(replaced_by).toBe(body.id);
    expect(Math.abs(Date.parse(expires_at ?? '') - hoursFromNow(24))).toBeLessThan(HOUR_MS);

    const last = await admin.rotate(body.id, { overlap_seconds: 0, expires_in_days: 10 });
    expect(Math.abs(Date.parse(last.body.expires_at ?? '') - hoursFromNow(240))).toBeLessThan(HOUR_MS);
    expect(await predict(api.url, body.key)).toBe(401);
    expect((await admin.get(body.id)).body.revoked_at).not.toBeNull();
    expect(await predict(api.url, last.body.key)).toBe(200);
  });

  it('does not rotate what has ended, was rotated, or is given by secret', async () => {
    const { id } = await admin.make({ scopes: ['predict'] });
    const successor = (await admin.rotate(id)).body;
    const again = await admin.rotate(id);
    expect([again.status, again.body.code]).toEqual([409, 'KEY_NOT_ROTATABLE']);
    expect(again.body.detail).toContain(successor.id);
    await admin.revoke(successor.id);
    expect((await admin.rotate(successor.id)).body.detail).toContain('has ended');
    const service = keys.readRuns.split('_')[2] ?? '';
    expect((await admin.rotate(service)).body.detail).toContain('was given by secret');
    const overlap = await admin.rotate(id, { overlap_seconds: 31 * 86_400 });
    expect([overlap.status, overlap.body.detail]).toEqual([400, 'overlap_seconds: expected 0 to 2592000']);
  });

  it('answers an unknown id with 404, and never repeats what is no id', async () => {
    const unknown = await admin.revoke('AAAAAAAAAAAA');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'KEY_NOT_FOUND']);
    const { key } = await admin.make({ scopes: ['predict'] });
    for (const answer of [await admin.get(key), await admin.revoke(key), await admin.rotate(key)]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'KEY_NOT_FOUND']);
      expect(JSON.stringify(answer.body)).not.toContain(key.slice(-40));
    }
  });

  it('takes a key only from the networks it is for, and only until it expires', async () => {
    const elsewhere = await admin.make({ scopes: ['predict'], allowed_cidrs: ['10.0.0.0/8', '::2'] });
    const here = await admin.make({ scopes: ['predict'], allowed_cidrs: ['10.0.0.0/8', '127.0.0.1'] });
    const expiring = await admin.make({ scopes: ['predict'], expires_in_days: 1 });
    await queryDatabase(
      databaseUrl,
      `UPDATE api_keys SET expires_at = expires_at - interval '24 hours' WHERE id = $1`,
      [expiring.id],
    );
    expect(await predict(api.url, elsewhere.key)).toBe(401);
    expect(await predict(api.url, here.key)).toBe(200);
    expect(await predict(api.url, expiring.key)).toBe(401);
  });

  it('writes one audit line for each change and each refused one', async () => {
    const { id, key } = await admin.make({ scopes: ['predict'] });
    const successor = (await admin.rotate(id)).body;
    await new KeyClient(api.url, key).revoke(successor.id);
    await admin.revoke(successor.id);
    await admin.get(id);
    const keyId = keys.all.split('_')[2];
    const by = {
      keyId,
      owner: 'everything',
      clientAddress: '127.0.0.1',
      requestId: expect.any(String) as string,
    };
    expect(auditOf(id)).toMatchObject([
      { ...by, action: 'POST /api/keys', status: 201 },
      { ...by, action: 'POST /api/keys/:id/rotate', status: 201, subject: { successor: successor.id } },
    ]);
    expect(auditOf(successor.id)).toMatchObject([
      { keyId: id, owner: 'somebody', action: 'DELETE /api/keys/:id', status: 403 },
      { ...by, action: 'DELETE /api/keys/:id', status: 200 },
    ]);
  });

  it('writes the last use down when the api stops at the latest, and no key to its log', async () => {
    const { id, key } = await admin.make({ scopes: [...SCOPES] });
    expect((await admin.get(id)).body.last_used_at).toBeNull();
    expect(await predict(api.url, key)).toBe(200);
    await api.service.shutdown('end of the test');
    const rows = await queryDatabase<{ last_used_at: Date | null }>(
      databaseUrl,
      'SELECT last_used_at FROM api_keys WHERE id = $1',
      [id],
    );
    expect(Math.abs((rows[0]?.last_used_at?.getTime() ?? 0) - Date.now())).toBeLessThan(HOUR_MS);
    expect(api.log()).toContain(id);
    expect(api.log()).not.toMatch(/tg_test_[0-9A-Za-z]{12}_/);
  });
});
