import { randomBytes } from 'node:crypto';
import { generateApiKey, PepperRing, type ApiKey } from '@tidegate/api-keys';
import { DatabaseUnavailable } from '@tidegate/database';
import { Networks } from '@tidegate/ip-networks';
import { FakeClock } from '@tidegate/testing';
import { Authenticator, requireScopes } from './authenticator';
import { KeyCache } from './key-cache';
import type { KeyRecord } from './key-record';

const peppers = new PepperRing('a-pepper-for-tests');
const ID_BYTES = randomBytes(8);
/** Always with the same id. */
const newKey = (): ApiKey =>
  generateApiKey({
    environment: 'dev',
    random: (size) => (size === ID_BYTES.length ? ID_BYTES : randomBytes(size)),
  });
const key = newKey();
const HERE = '192.0.2.1';
const bearer = { authorization: `Bearer ${key.text}` };

function recordOf(changes: Partial<KeyRecord> = {}): KeyRecord {
  const base = {
    id: key.id,
    owner: 'ann',
    scopes: new Set(['runs:read' as const]),
    models: undefined,
    allowedNetworks: undefined,
    rateClass: 'standard',
    createdBy: 'test',
    expiresAt: undefined,
    revokedAt: undefined,
  };
  return { ...base, ...peppers.hash(key.text), ...changes };
}

class KeyTable {
  queries = 0;
  isAway = false;
  record: KeyRecord | undefined = recordOf();

  find(): Promise<KeyRecord | undefined> {
    this.queries += 1;
    return this.isAway
      ? Promise.reject(new DatabaseUnavailable('ECONNREFUSED', new Error('connect ECONNREFUSED')))
      : Promise.resolve(this.record);
  }
}

describe('Authenticator', () => {
  let clock: FakeClock;
  let table: KeyTable;
  let authenticator: Authenticator;
  let results: string[];
  let uses: string[];

  beforeEach(() => {
    clock = new FakeClock();
    table = new KeyTable();
    results = [];
    uses = [];
    authenticator = new Authenticator(new KeyCache(table, clock), peppers, clock, {
      authenticated: (result) => void results.push(result),
      used: (_text, { id }) => void uses.push(id),
    });
  });

  it('asks for a key when there is none', async () => {
    await expect(authenticator.authenticate({}, HERE)).rejects.toMatchObject({
      code: 'API_KEY_REQUIRED',
      status: 401,
      message: 'API key required',
      headers: { 'www-authenticate': expect.stringContaining('Bearer') as string },
    });
  });

  it('tells who the caller is, with one query for a hundred requests at once', async () => {
    const callers = await Promise.all(
      Array.from({ length: 100 }, () => authenticator.authenticate(bearer, HERE)),
    );
    expect(callers[99]).toMatchObject({ keyId: key.id, owner: 'ann' });
    expect(table.queries).toBe(1);
  });

  it('never asks the database about a key whose checksum is wrong', async () => {
    await expect(authenticator.authenticate({ 'x-api-key': `${key.text}x` }, HERE)).rejects.toMatchObject({
      code: 'API_KEY_INVALID',
    });
    expect(table.queries).toBe(0);
  });

  it('answers unknown, revoked, expired and foreign keys alike', async () => {
    const past = new Date(clock.nowMs());
    const foreign = generateApiKey({ environment: 'dev' });
    for (const record of [
      undefined,
      recordOf({ revokedAt: past }),
      recordOf({ expiresAt: past }),
      recordOf(peppers.hash(foreign.text)),
    ]) {
      table.record = record;
      const failure = await authenticator.authenticate(bearer, HERE).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'API_KEY_INVALID', message: 'The API key is not valid' });
      await clock.advance(5_000);
    }
  });

  it('refuses a revoked key also while the clock of the database is ahead', async () => {
    table.record = recordOf({ revokedAt: new Date(clock.nowMs() + 2_000) });
    await expect(authenticator.authenticate(bearer, HERE)).rejects.toMatchObject({ code: 'API_KEY_INVALID' });
  });

  it('refuses a key from the moment it expires, though it is remembered', async () => {
    table.record = recordOf({ expiresAt: new Date(clock.nowMs() + 1_000) });
    await authenticator.authenticate(bearer, HERE);
    await clock.advance(999);
    await authenticator.authenticate(bearer, HERE);
    await clock.advance(1);
    await expect(authenticator.authenticate(bearer, HERE)).rejects.toMatchObject({ code: 'API_KEY_INVALID' });
  });

  it('reports each result, and the use of valid keys only', async () => {
    await authenticator.authenticate(bearer, HERE);
    await authenticator.authenticate({}, HERE).catch(() => undefined);
    await authenticator.authenticate({ 'x-api-key': 'tg' }, HERE).catch(() => undefined);
    table.isAway = true;
    const unknown = generateApiKey({ environment: 'dev' }).text;
    await authenticator.authenticate({ 'x-api-key': unknown }, HERE).catch(() => undefined);
    expect(results).toEqual(['accepted', 'missing', 'invalid', 'unavailable']);
    expect(uses).toEqual([key.id]);
  });

  it('sees a revocation after 5 s at the latest', async () => {
    await authenticator.authenticate(bearer, HERE);
    table.record = recordOf({ revokedAt: new Date(clock.nowMs()) });
    await clock.advance(5_000);
    await expect(authenticator.authenticate(bearer, HERE)).rejects.toMatchObject({ code: 'API_KEY_INVALID' });
  });

  it('keeps a known key valid for 300 s without the database, then says so', async () => {
    await authenticator.authenticate(bearer, HERE);
    table.isAway = true;
    await clock.advance(299_999);
    await expect(authenticator.authenticate(bearer, HERE)).resolves.toMatchObject({ owner: 'ann' });
    await clock.advance(1);
    await expect(authenticator.authenticate(bearer, HERE)).rejects.toMatchObject({
      code: 'KEY_STORE_UNAVAILABLE',
      status: 503,
    });
  });

  it('asks a database that is away once a second, whatever the traffic, and notices when it is back', async () => {
    table.isAway = true;
    await expect(authenticator.authenticate(bearer, HERE)).rejects.toMatchObject({
      code: 'KEY_STORE_UNAVAILABLE',
    });
    await clock.advance(999);
    await expect(authenticator.authenticate(bearer, HERE)).rejects.toMatchObject({
      code: 'KEY_STORE_UNAVAILABLE',
    });
    expect(table.queries).toBe(1);
    table.isAway = false;
    await clock.advance(1);
    await expect(authenticator.authenticate(bearer, HERE)).resolves.toMatchObject({ owner: 'ann' });
    expect(table.queries).toBe(2);
  });

  it('computes the hash of a key once for each reading of its record', async () => {
    const verify = jest.spyOn(peppers, 'verify');
    const authenticate = () => authenticator.authenticate(bearer, HERE);
    for (let time = 0; time < 10; time += 1) await authenticate();
    expect(verify).toHaveBeenCalledTimes(1);
    table.record = recordOf();
    await clock.advance(5_000);
    await authenticate();
    await authenticate();
    expect(verify).toHaveBeenCalledTimes(2);
    verify.mockRestore();
  });

  it('goes by the record that was read last, also of a key that is always in use', async () => {
    await authenticator.authenticate(bearer, HERE);
    table.record = recordOf({ revokedAt: new Date(clock.nowMs()) });
    await clock.advance(4_500);
    await authenticator.authenticate(bearer, HERE);
    await clock.advance(0);
    expect(table.queries).toBe(2);
    await expect(authenticator.authenticate(bearer, HERE)).rejects.toMatchObject({ code: 'API_KEY_INVALID' });
  });

  it('does not take another secret for the id of a key it knows', async () => {
    await authenticator.authenticate(bearer, HERE);
    const other = newKey();
    expect(other.id).toBe(key.id);
    await expect(
      authenticator.authenticate({ authorization: `Bearer ${other.text}` }, HERE),
    ).rejects.toMatchObject({ code: 'API_KEY_INVALID' });
  });

  it('takes a key only from the networks it is for', async () => {
    table.record = recordOf({ allowedNetworks: Networks.parse(['10.0.0.0/8']) });
    await expect(authenticator.authenticate(bearer, '10.1.2.3')).resolves.toMatchObject({ owner: 'ann' });
    await expect(authenticator.authenticate(bearer, HERE)).rejects.toMatchObject({ code: 'API_KEY_INVALID' });
  });

  it('names the scope that is missing', async () => {
    const caller = await authenticator.authenticate(bearer, HERE);
    expect(() => requireScopes(caller, ['runs:read'])).not.toThrow();
    expect(() => requireScopes(caller, ['runs:read', 'runs:write'])).toThrow(/"runs:write"/);
  });
});
