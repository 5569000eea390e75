import { systemClock } from '@tidegate/clock';
import { Limiter } from './limiter';
import { SharedCounts } from './shared-counts';

describe('a limit that one process keeps alone', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const limiterOf = (requests: number, perSeconds: number): Limiter =>
    new Limiter(
      'test',
      { requests, perSeconds },
      new SharedCounts(undefined, systemClock, 'test'),
      systemClock,
    );

  it('lets through as many as it says, and says how many are left', async () => {
    const limiter = limiterOf(2, 10);
    expect(await limiter.consume('a')).toEqual({ isAllowed: true, remaining: 1, windowEndsInMs: 10_000 });
    jest.advanceTimersByTime(4_000);
    expect(await limiter.consume('a')).toEqual({ isAllowed: true, remaining: 0, windowEndsInMs: 6_000 });
    expect(await limiter.consume('a')).toEqual({ isAllowed: false, remaining: 0, windowEndsInMs: 6_000 });
  });

  it('starts anew when the window has ended, however many came too much', async () => {
    const limiter = limiterOf(1, 10);
    await Promise.all([1, 2, 3, 4].map(() => limiter.consume('a')));
    jest.advanceTimersByTime(9_999);
    expect(await limiter.consume('a')).toMatchObject({ isAllowed: false, windowEndsInMs: 1 });
    jest.advanceTimersByTime(1);
    expect(await limiter.consume('a')).toMatchObject({ isAllowed: true });
  });

  it('counts each key for itself', async () => {
    const limiter = limiterOf(1, 10);
    await limiter.consume('a');
    expect(await limiter.consume('b')).toMatchObject({ isAllowed: true });
    expect(await limiter.consume('a')).toMatchObject({ isAllowed: false });
  });

  it('lets through exactly its number of a thousand at once', async () => {
    const limiter = limiterOf(300, 10);
    const verdicts = await Promise.all(Array.from({ length: 1_000 }, () => limiter.consume('a')));
    expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(300);
  });
});
