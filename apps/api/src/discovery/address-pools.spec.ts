import type { Address } from '@tidegate/dns';
import { FakeClock } from '@tidegate/testing';
import { AddressPools } from './address-pools';

const [first, second, third] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address): Address => ({
  address,
  family: 4,
})) as [Address, Address, Address];

describe('the pools of a service', () => {
  let pools: AddressPools;

  beforeEach(() => {
    pools = new AddressPools('http://service.local:80', new FakeClock(), () => 0);
  });

  afterEach(() => pools.destroy());

  const any = (): boolean => true;
  const picked = (times: number): (string | undefined)[] =>
    Array.from({ length: times }, () => pools.pick(any)?.address);

  it('give nothing before an address is known', () => {
    expect(pools.pick(any)).toBeUndefined();
  });

  it('are used in turn while they are equally busy', () => {
    pools.use([first, second, third]);
    expect(new Set(picked(3)).size).toBe(3);
    expect(new Set(picked(3)).size).toBe(3);
  });

  it('are used by how busy they are', () => {
    pools.use([first, second]);
    for (const pool of pools.all) pool.running = pool.address === first.address ? 3 : 2;
    expect(new Set(picked(4))).toEqual(new Set([second.address]));
  });

  it('are left out when they cannot be used', () => {
    pools.use([first, second]);
    expect(pools.pick(({ address }) => address !== first.address)?.address).toBe(second.address);
    pools.use([first]);
    expect(pools.pick(({ address }) => address !== first.address)).toBeUndefined();
  });

  it('stay for addresses that stay, whatever their order, and are new for new ones at once', () => {
    pools.use([first, second]);
    const before = new Map(pools.all.map((pool) => [pool.address, pool]));
    pools.use([third, second]);
    expect(pools.all.map(({ address }) => address)).toEqual([third.address, second.address]);
    expect(pools.all[1]).toBe(before.get(second.address));
  });

  it('drain once their address is gone, and are made anew when it comes back', async () => {
    pools.use([first]);
    const [before] = pools.all;
    pools.use([second]);
    expect(pools.drainingCount).toBe(1);
    pools.use([first]);
    expect(pools.all[0]).not.toBe(before);
    await new Promise((resolve) => setImmediate(resolve));
    expect(pools.drainingCount).toBe(0);
  });
});
