import { FakeClock } from '@tidegate/testing';
import { SystemLookup } from './system-lookup';

describe("the system's look-up", () => {
  it('keeps what it finds for five seconds', async () => {
    const system = new SystemLookup({
      clock: new FakeClock(),
      lookup: () => Promise.resolve([{ address: 'fd00::1', family: 6 }]),
    });
    expect(await system.lookup('a.local')).toEqual({
      kind: 'found',
      addresses: [{ address: 'fd00::1', family: 6 }],
      ttlSeconds: 5,
    });
  });

  it.each([
    ['ENOTFOUND', 'absent', 'DNS_NAME_NOT_FOUND'],
    ['EAI_AGAIN', 'failed', 'DNS_SERVER_FAILED'],
  ])('%s means %s', async (code, kind, ownCode) => {
    const system = new SystemLookup({
      clock: new FakeClock(),
      lookup: () => Promise.reject(Object.assign(new Error(code), { code })),
    });
    expect(await system.lookup('a.local')).toMatchObject({ kind, error: { code: ownCode } });
  });

  it('does not start a second getaddrinfo for a name while one hangs', async () => {
    const clock = new FakeClock();
    let started = 0;
    const system = new SystemLookup({
      clock,
      lookup: () => {
        started += 1;
        return new Promise(() => undefined);
      },
    });
    for (let round = 0; round < 3; round += 1) {
      const lookup = system.lookup('a.local');
      await clock.advance(1_500);
      expect(await lookup).toMatchObject({ kind: 'failed', error: { code: 'DNS_TIMEOUT' } });
    }
    expect(started).toBe(1);
  });
});
