import { Logger } from '@nestjs/common';
import { FakeClock } from '@tidegate/testing';
import { BackgroundLoop } from './background-loop';

describe('BackgroundLoop', () => {
  const clock = new FakeClock();
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
  const results: (boolean | Error)[] = [];
  let runs = 0;
  const work = {
    name: 'work',
    run: (): Promise<boolean> => {
      runs += 1;
      const result = results.shift() ?? false;
      return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
    },
  };
  let isReady = false;
  const loop = new BackgroundLoop(work, clock, 1000, () => isReady);

  it('waits until it may run, goes on while there is more, and pauses longer while it fails', async () => {
    loop.onApplicationBootstrap();
    await clock.advance(5000);
    expect(runs).toBe(0);
    isReady = true;
    results.push(true, true, false);
    await clock.advance(1000);
    expect(runs).toBe(3);
    results.push(new Error('away'), new Error('away'), false);
    await clock.advance(1000);
    expect(runs).toBe(4);
    await clock.advance(1999);
    expect(runs).toBe(4);
    await clock.advance(1);
    expect(runs).toBe(5);
    await clock.advance(3999);
    expect(runs).toBe(5);
    await clock.advance(1);
    expect(runs).toBe(6);
    expect(warn).toHaveBeenCalledTimes(1);
    await clock.advance(1000);
    expect(runs).toBe(7);
  });

  it('stops, and does nothing any more', async () => {
    loop.onModuleDestroy();
    await loop.onApplicationShutdown();
    const before = runs;
    await clock.advance(100_000);
    expect(runs).toBe(before);
    expect(clock.pendingTimers).toBe(0);
  });
});
