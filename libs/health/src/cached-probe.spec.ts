import { FakeClock } from '@tidegate/testing';
import { CachedProbe } from './cached-probe';
import type { Probe } from './probe';

function countedProbe(answer: Probe): { probe: Probe; runs: () => number } {
  let runs = 0;
  return {
    probe: (signal) => {
      runs += 1;
      return answer(signal);
    },
    runs: () => runs,
  };
}

describe('CachedProbe', () => {
  it('checks once for a thousand callers and shares the result until it is no longer fresh', async () => {
    const clock = new FakeClock();
    const { probe, runs } = countedProbe(() => Promise.resolve({ status: 'healthy' }));
    const cached = new CachedProbe('mlflow', probe, clock, { freshMs: 1000 });
    await Promise.all(Array.from({ length: 1000 }, () => cached.read()));
    expect(runs()).toBe(1);
    await clock.advance(999);
    await cached.read();
    expect(runs()).toBe(1);
    await clock.advance(1);
    await cached.read();
    expect(runs()).toBe(2);
  });

  it('counts a check that never ends as failed at the deadline and aborts it', async () => {
    const clock = new FakeClock();
    let aborted = false;
    const hanging: Probe = (signal) =>
      new Promise(() => signal.addEventListener('abort', () => (aborted = true), { once: true }));
    const cached = new CachedProbe('mlflow', hanging, clock, { deadlineMs: 500 });
    const reading = cached.read();
    await clock.advance(500);
    expect(await reading).toMatchObject({
      status: 'unhealthy',
      failure: { code: 'PROBE_TIMEOUT' },
      responseTimeMs: 500,
    });
    expect(aborted).toBe(true);
  });

  it('turns a thrown error into a failure with its code and keeps the time of the last success', async () => {
    const clock = new FakeClock(5000);
    let isUp = true;
    const cached = new CachedProbe(
      'redis',
      () =>
        isUp
          ? Promise.resolve({ status: 'healthy' })
          : Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })),
      clock,
    );
    await cached.read();
    isUp = false;
    await clock.advance(2000);
    expect(await cached.read()).toEqual({
      status: 'unhealthy',
      failure: { code: 'ECONNREFUSED', cause: 'gone' },
      checkedAtMs: 7000,
      responseTimeMs: 0,
      lastSuccessAtMs: 5000,
    });
  });
});
