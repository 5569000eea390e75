import { FakeClock } from '@tidegate/testing';
import type { Redis } from 'ioredis';
import { SharedCounts } from './shared-counts';

describe('counts shared through Redis', () => {
  const clock = new FakeClock();
  const client = { status: 'ready' };
  const withRedis = (): SharedCounts => new SharedCounts(client as unknown as Redis, clock, 'test');

  beforeEach(() => void (client.status = 'ready'));

  it('are not missed where no Redis is configured', () => {
    const shared = new SharedCounts(undefined, clock, 'test');
    expect([shared.isAvailable, shared.isFallbackActive]).toEqual([false, false]);
  });

  it('are not asked for while there is no connection', () => {
    const shared = withRedis();
    expect([shared.isAvailable, shared.isFallbackActive]).toEqual([true, false]);
    client.status = 'reconnecting';
    expect([shared.isAvailable, shared.isFallbackActive]).toEqual([false, true]);
  });

  it('wait 100 ms for an answer, then leave Redis alone for a second', async () => {
    const shared = withRedis();
    const answer = shared.ask(() => new Promise<number>(() => undefined));
    await clock.advance(99);
    expect(shared.isAvailable).toBe(true);
    await clock.advance(1);
    expect(await answer).toBeUndefined();
    expect(shared.isFallbackActive).toBe(true);
    await clock.advance(999);
    expect(shared.isAvailable).toBe(false);
    await clock.advance(1);
    expect(shared.isAvailable).toBe(true);
  });

  it('never pass an error of Redis on', async () => {
    const shared = withRedis();
    expect(await shared.ask(() => Promise.reject(new Error('LOADING Redis is loading')))).toBeUndefined();
    expect(shared.isAvailable).toBe(false);
  });

  it('pass an answer on, and do not mind an error that comes too late', async () => {
    const shared = withRedis();
    expect(await shared.ask(() => Promise.resolve(7))).toBe(7);
    let fail: (error: Error) => void = () => undefined;
    const late = shared.ask(() => new Promise<number>((_resolve, reject) => (fail = reject)));
    await clock.advance(100);
    fail(new Error('Command timed out'));
    expect(await late).toBeUndefined();
  });
});
