import { DnsError, type Address, type Resolution } from '@tidegate/dns';
import { FakeClock } from '@tidegate/testing';
import type { AddressPool } from './address-pool';
import { Upstream } from './upstream';

const addresses: readonly Address[] = [
  { address: '10.0.0.1', family: 4 },
  { address: '10.0.0.2', family: 4 },
];

describe('an upstream', () => {
  let clock: FakeClock;
  let known: Resolution | undefined;
  let upstream: Upstream;

  beforeEach(() => {
    clock = new FakeClock();
    known = { addresses, origin: 'cache', ageMs: 0 };
    const book = {
      peek: (): Resolution | undefined => known,
      resolve: (): Promise<Resolution> =>
        known === undefined
          ? Promise.reject(new DnsError('DNS_TIMEOUT', 'No answer'))
          : Promise.resolve(known),
    };
    const options = { name: 'MLflow', baseUrl: 'https://mlflow.example:5000/prefix/', headers: {} };
    upstream = new Upstream(options, book, clock, () => 0);
  });

  afterEach(() => upstream.destroy());

  const choose = (tried: readonly AddressPool[] = []): AddressPool => upstream.choose(tried) as AddressPool;
  const breakAll = (pools: readonly AddressPool[]): void => {
    for (const { breaker } of pools) for (let time = 0; time < 5; time += 1) breaker.failed();
  };

  it('is called by its name and below its prefix', () => {
    expect([upstream.host, upstream.pathPrefix]).toEqual(['mlflow.example:5000', '/prefix']);
  });

  it('gives an address without waiting while one is known', () => {
    expect(choose().address).toMatch(/^10\.0\.0\.[12]$/);
  });

  it('says why there is none otherwise', async () => {
    known = undefined;
    await expect(upstream.choose()).rejects.toMatchObject({ code: 'DNS_TIMEOUT' });
  });

  it('gives the other address after one has failed', () => {
    const failed = choose();
    expect(upstream.hasOtherThan(failed)).toBe(true);
    for (let time = 0; time < 4; time += 1) expect(choose([failed]).address).not.toBe(failed.address);
  });

  it('leaves an address out whose breaker is open', () => {
    const broken = choose();
    breakAll([broken]);
    for (let time = 0; time < 4; time += 1) expect(choose().address).not.toBe(broken.address);
    expect([upstream.isBroken, upstream.hasOtherThan(choose())]).toEqual([false, false]);
  });

  it('refuses at once when every breaker is open, until a probe may go', async () => {
    const first = choose();
    breakAll([first, choose([first])]);
    expect(upstream.isBroken).toBe(true);
    expect(() => choose()).toThrow(
      expect.objectContaining({ code: 'UPSTREAM_BREAKER_OPEN', headers: { 'retry-after': '1' } }) as Error,
    );
    await clock.advance(500);
    expect(choose().address).toMatch(/^10\.0\.0\./);
  });

  it('refuses at once when too many requests are on their way already', () => {
    const first = choose();
    const second = choose([first]);
    first.running = 1_024;
    second.running = 1_024;
    expect(() => choose()).toThrow(expect.objectContaining({ code: 'OVERLOADED' }) as Error);
    second.running -= 1;
    expect(choose()).toBe(second);
  });
});
