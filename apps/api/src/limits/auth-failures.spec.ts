import { systemClock } from '@tidegate/clock';
import { register } from 'prom-client';
import { AuthFailures } from './auth-failures';
import { LimitMetrics } from './limit-metrics';
import { SharedCounts } from './shared-counts';

describe('failed authentications', () => {
  let failures: AuthFailures;

  beforeEach(() => {
    jest.useFakeTimers();
    const shared = new SharedCounts(undefined, systemClock, 'test');
    failures = new AuthFailures(3, shared, systemClock, new LimitMetrics(() => false));
  });
  afterEach(() => {
    jest.useRealTimers();
    register.clear();
  });

  async function failTimes(times: number, address: string): Promise<void> {
    for (let time = 0; time < times; time += 1) await failures.count(address);
  }

  it('are limited by address, for the rest of the minute', async () => {
    await failTimes(3, '192.0.2.1');
    jest.advanceTimersByTime(20_000);
    await expect(failures.count('192.0.2.1')).rejects.toMatchObject({
      code: 'AUTH_FAILURES_LIMITED',
      status: 429,
      headers: { 'retry-after': '40' },
    });
    await expect(failures.count('192.0.2.2')).resolves.toBeUndefined();
    jest.advanceTimersByTime(40_000);
    await expect(failures.count('192.0.2.1')).resolves.toBeUndefined();
    expect(await register.metrics()).toContain('gateway_auth_failures_limited_total 1');
  });

  it('count together for all addresses of one IPv6 network', async () => {
    await failTimes(2, '2001:db8::1');
    await failures.count('2001:db8::ffff:1');
    await expect(failures.count('2001:db8::2')).rejects.toMatchObject({ code: 'AUTH_FAILURES_LIMITED' });
    await expect(failures.count('2001:db8:0:1::2')).resolves.toBeUndefined();
  });

  it('of very many addresses do not take memory without end', async () => {
    const addresses = Array.from(
      { length: 40_000 },
      (_, at) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
    );
    await Promise.allSettled(addresses.map((address) => failures.count(address)));
    expect(jest.getTimerCount()).toBeLessThanOrEqual(16_384);
    expect(jest.getTimerCount()).toBeGreaterThan(10_000);
  });
});
