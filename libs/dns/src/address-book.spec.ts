import { FakeClock } from '@tidegate/testing';
import { AddressBook, type AddressBookOptions } from './address-book';
import type { AddressBookObserver } from './address-book-observer';
import type { AddressSource, FoundAddresses, LookupResult } from './address-source';
import type { Family } from './address';
import { DnsError, type DnsErrorCode } from './dns-error';

const name = 'mlflow.tidegate-test.local';

function found(addresses: string[], ttlSeconds = 60, failedFamily?: Family): FoundAddresses {
  return {
    kind: 'found',
    addresses: addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    ttlSeconds,
    ...(failedFamily && { failedFamily }),
  };
}
const failed = (code: DnsErrorCode = 'DNS_TIMEOUT'): LookupResult => ({
  kind: 'failed',
  error: new DnsError(code, 'The source failed'),
});
const absent: LookupResult = {
  kind: 'absent',
  error: new DnsError('DNS_NAME_NOT_FOUND', 'The name is gone'),
};

/** Gives the result it was set to, optionally after a time, and counts the questions. */
class ScriptedSource implements AddressSource {
  asked = 0;
  delayMs = 0;

  constructor(
    private readonly clock: FakeClock,
    public result: LookupResult,
  ) {}

  async lookup(): Promise<LookupResult> {
    this.asked += 1;
    if (this.delayMs > 0) await new Promise<void>((resolve) => this.clock.setTimer(resolve, this.delayMs));
    return this.result;
  }
}

function arrange(options: Partial<AddressBookOptions> = {}): {
  clock: FakeClock;
  nameServer: ScriptedSource;
  system: ScriptedSource;
  book: AddressBook;
} {
  const clock = new FakeClock();
  const nameServer = new ScriptedSource(clock, found(['10.0.0.1']));
  const system = new ScriptedSource(clock, failed());
  const book = new AddressBook({ clock, nameServer, system, random: () => 0, ...options });
  return { clock, nameServer, system, book };
}

const fallbacks = new Map([[name, { address: '10.0.9.9', family: 4 } as const]]);

async function addressesOf(book: AddressBook): Promise<string[]> {
  return (await book.resolve(name)).addresses.map(({ address }) => address);
}

describe('the order of the address book', () => {
  it('asks the name server first, then answers from the cache', async () => {
    const { book, nameServer, system } = arrange();
    expect(await book.resolve(name)).toEqual({
      addresses: [{ address: '10.0.0.1', family: 4 }],
      origin: 'name-server',
      ageMs: 0,
    });
    expect(await book.resolve(name)).toMatchObject({ origin: 'cache' });
    expect([nameServer.asked, system.asked]).toEqual([1, 0]);
  });

  it("asks the system when the name server gives no answer, and keeps its answer for the source's time", async () => {
    const { book, clock, nameServer, system } = arrange();
    nameServer.result = failed();
    system.result = found(['10.0.0.2'], 5);
    expect(await book.resolve(name)).toMatchObject({ origin: 'system' });
    await clock.advance(3_999);
    expect(await book.resolve(name)).toMatchObject({ origin: 'cache', ageMs: 3_999 });
    expect(system.asked).toBe(1);
    await clock.advance(1);
    await book.resolve(name);
    await clock.advance(0);
    expect(system.asked).toBe(2);
  });

  it('finds a name of the hosts file although the name server says it does not exist', async () => {
    const { book, nameServer, system } = arrange();
    nameServer.result = absent;
    system.result = found(['10.0.0.3'], 5);
    expect(await book.resolve(name)).toMatchObject({ origin: 'system' });
  });

  it('uses the stale answer before the fall-back address, and the fall-back address before an error', async () => {
    const { book, clock, nameServer } = arrange({ fallbacks });
    await book.resolve(name);
    nameServer.result = failed();
    await clock.advance(60_000);
    expect(await book.resolve(name)).toMatchObject({ origin: 'stale', addresses: [{ address: '10.0.0.1' }] });
    await clock.advance(301_000);
    expect(await book.resolve(name)).toMatchObject({
      origin: 'fallback',
      addresses: [{ address: '10.0.9.9' }],
    });
    expect(book.state(name)).toMatchObject({ cache: 'fallback', fallback: { isActive: true } });
  });

  it('ends with a typed error that carries both causes', async () => {
    const { book, nameServer } = arrange();
    nameServer.result = failed('DNS_SERVER_UNREACHABLE');
    const error: unknown = await book.resolve(name).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DnsError);
    expect(error).toMatchObject({ code: 'DNS_SERVER_UNREACHABLE', cause: { code: 'DNS_TIMEOUT' } });
    expect((error as DnsError).message).toMatch(/failed too \(DNS_TIMEOUT\)\. Expected .+\. Check /);
  });

  it.each(['127.0.0.1', '::1', 'localhost', 'LOCALHOST', 'mlflow.localhost'])(
    'asks nobody for %s',
    async (host) => {
      const { book, nameServer, system } = arrange();
      expect(await book.resolve(host)).toMatchObject({ origin: 'literal', ageMs: 0 });
      expect([nameServer.asked, system.asked]).toEqual([0, 0]);
    },
  );

  it.each(['0.0.0.0', '169.254.169.254', '::ffff:169.254.169.254', 'fe80::1', '224.0.0.1', 'fd00:ec2::254'])(
    'refuses %s',
    async (host) => {
      await expect(arrange().book.resolve(host)).rejects.toMatchObject({ code: 'DNS_ADDRESS_REFUSED' });
    },
  );

  it.each(['', 'a..b', 'with space', `${'a'.repeat(64)}.local`])('refuses the name "%s"', async (host) => {
    await expect(arrange().book.resolve(host)).rejects.toMatchObject({ code: 'DNS_NAME_INVALID' });
  });
});

describe('the life of an answer', () => {
  it('expires by its TTL on read, to the millisecond', async () => {
    const { book, clock, nameServer } = arrange();
    await book.resolve(name);
    await clock.advance(59_999);
    nameServer.delayMs = 10; // keeps the refresh this read starts from finishing before the next one
    expect(book.peek(name)).toMatchObject({ origin: 'cache' });
    await clock.advance(1);
    expect(book.peek(name)).toBeUndefined();
  });

  it.each([
    [0, 1],
    [-1, 1],
    [4_294_967_295, 300],
  ])('a TTL of %d seconds counts as %d', async (ttlSeconds, keptSeconds) => {
    const { book, clock, nameServer } = arrange();
    nameServer.result = found(['10.0.0.1'], ttlSeconds);
    await book.resolve(name);
    await clock.advance(keptSeconds * 1000 - 1);
    expect(book.state(name).cache).toBe('fresh');
    await clock.advance(1);
    expect(book.state(name).cache).toBe('expired');
  });

  it('is refreshed in the background by a read in its last fifth, so that nobody waits', async () => {
    const { book, clock, nameServer } = arrange();
    await book.resolve(name);
    nameServer.result = found(['10.0.0.2']);
    await clock.advance(47_999);
    await book.resolve(name);
    expect(nameServer.asked).toBe(1);
    await clock.advance(1);
    expect(await addressesOf(book)).toEqual(['10.0.0.1']);
    await clock.advance(0);
    expect(nameServer.asked).toBe(2);
    expect(await addressesOf(book)).toEqual(['10.0.0.2']);
  });

  it('1000 callers at once are one query', async () => {
    const { book, clock, nameServer } = arrange();
    nameServer.delayMs = 100;
    const callers = Promise.all(Array.from({ length: 1000 }, () => addressesOf(book)));
    await clock.advance(100);
    expect(new Set((await callers).flat())).toEqual(new Set(['10.0.0.1']));
    expect(nameServer.asked).toBe(1);
  });

  it('is served for 300 s after expiry while the name server fails, and not at 301 s', async () => {
    const { book, clock, nameServer } = arrange();
    await book.resolve(name);
    nameServer.result = failed();
    await clock.advance(60_000 + 300_000);
    expect(await book.resolve(name)).toMatchObject({ origin: 'stale', ageMs: 360_000 });
    expect(book.state(name)).toMatchObject({
      cache: 'stale',
      lastGoodAgeSeconds: 360,
      lastErrorCode: 'DNS_TIMEOUT',
    });
    await clock.advance(1_000);
    await expect(book.resolve(name)).rejects.toMatchObject({ code: 'DNS_TIMEOUT' });
    expect(book.state(name)).toMatchObject({ cache: 'none', addresses: [], lastGoodAgeSeconds: 361 });
  });

  it('nobody waits for a name server that is known to fail, and it is asked about once a second', async () => {
    const { book, clock, nameServer } = arrange();
    await book.resolve(name);
    nameServer.result = failed();
    nameServer.delayMs = 1_500;
    await clock.advance(50_000);
    book.peek(name);
    await clock.advance(20_000);
    const askedBefore = nameServer.asked;
    for (let second = 0; second < 10; second += 1) {
      expect(book.peek(name)).toMatchObject({ origin: 'stale' });
      await clock.advance(1_000);
    }
    expect(nameServer.asked - askedBefore).toBeGreaterThanOrEqual(3);
    expect(nameServer.asked - askedBefore).toBeLessThanOrEqual(5);
  });

  it('a failure without anything at hand is remembered for a second, then asked again', async () => {
    const { book, clock, nameServer } = arrange();
    nameServer.result = failed();
    await expect(book.resolve(name)).rejects.toThrow();
    nameServer.result = found(['10.0.0.1']);
    await expect(book.resolve(name)).rejects.toThrow();
    await clock.advance(1_000);
    expect(await addressesOf(book)).toEqual(['10.0.0.1']);
    expect(book.state(name)).not.toHaveProperty('lastErrorCode');
  });

  it('a name that is gone ends the stale state: fall-back address, then error', async () => {
    for (const [options, expected] of [
      [{ fallbacks }, 'fallback'],
      [{}, 'DNS_NAME_NOT_FOUND'],
    ] as const) {
      const { book, clock, nameServer } = arrange(options);
      await book.resolve(name);
      nameServer.result = absent;
      await clock.advance(50_000);
      await book.resolve(name);
      await clock.advance(0);
      expect(book.state(name)).toMatchObject({ cache: 'fresh', lastErrorCode: 'DNS_NAME_NOT_FOUND' });
      await clock.advance(10_000);
      const outcome = await book.resolve(name).then(
        ({ origin }) => origin,
        (error: DnsError) => error.code,
      );
      expect(outcome).toBe(expected);
    }
  });

  it("a failing family keeps its earlier addresses, within that answer's stale limit", async () => {
    const { book, clock, nameServer } = arrange();
    nameServer.result = found(['10.0.0.1', 'fd00::1'], 60);
    await book.resolve(name);
    nameServer.result = found(['fd00::2'], 60, 4);
    await clock.advance(60_000);
    expect(await addressesOf(book)).toEqual(['fd00::2', '10.0.0.1']);
    for (let waitedMs = 0; waitedMs < 295_000; waitedMs += 5_000) {
      await clock.advance(5_000);
      expect(await addressesOf(book)).toEqual(['fd00::2', '10.0.0.1']);
    }
    await clock.advance(6_000);
    expect(await addressesOf(book)).toEqual(['fd00::2']);
  });
});

describe('what observers are told', () => {
  it('look-ups with their time, hits, changed sets and the fall-back address', async () => {
    const told: unknown[] = [];
    const observer: AddressBookObserver = {
      lookupFinished: ({ source, result, durationMs }) => told.push([source, result, durationMs]),
      cacheHit: (_hostname, state) => told.push(['hit', state]),
      addressesChanged: (_hostname, addresses, previous) =>
        told.push(['changed', previous.length, addresses.length]),
      fallbackChanged: (_hostname, isActive) => told.push(['fallback', isActive]),
      fallbackCompared: (_hostname, matches) => told.push(['matches', matches]),
    };
    const { book, clock, nameServer } = arrange({ fallbacks, observers: [observer] });
    nameServer.result = absent;
    await book.resolve(name);
    nameServer.result = found(['10.0.9.9', '10.0.0.1'], 1);
    await clock.advance(2_000);
    await book.resolve(name);
    await clock.advance(0);
    nameServer.result = found(['10.0.0.1', '10.0.9.9'], 1);
    nameServer.delayMs = 20;
    await clock.advance(1_000);
    const again = book.resolve(name);
    await clock.advance(20);
    await again;
    expect(told).toEqual([
      ['name-server', 'DNS_NAME_NOT_FOUND', 0],
      ['system', 'DNS_TIMEOUT', 0],
      ['fallback', true],
      ['hit', 'fallback'],
      ['hit', 'fallback'],
      ['name-server', 'found', 0],
      ['matches', true],
      ['fallback', false],
      ['changed', 0, 2],
      ['name-server', 'found', 20],
      ['matches', true],
    ]);
  });

  it('a fall-back address that is no longer among the answers', async () => {
    const { book } = arrange({ fallbacks });
    await book.resolve(name);
    expect(book.state(name).fallback).toEqual({ address: '10.0.9.9', isActive: false, matches: false });
  });
});
