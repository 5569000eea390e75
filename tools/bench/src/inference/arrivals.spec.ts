import { poissonArrivalsMs, seededRandom } from './arrivals';

describe('Poisson arrivals', () => {
  const arrivals = poissonArrivalsMs(100, 200, seededRandom(1));
  const gaps = arrivals.map((atMs, index) => atMs - (arrivals[index - 1] ?? 0));

  it('come as often as asked for, in order and within the time', () => {
    // 20,000 expected, standard deviation 141.
    expect(Math.abs(arrivals.length - 20_000)).toBeLessThan(500);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
    expect(arrivals.at(-1)).toBeLessThan(200_000);
  });

  it('keep no rhythm: of the gaps 1 − 1/e are shorter than the mean', () => {
    const share = gaps.filter((gapMs) => gapMs < 10).length / gaps.length;
    expect(share).toBeCloseTo(1 - 1 / Math.E, 1);
  });

  it('are the same for the same seed only', () => {
    expect(poissonArrivalsMs(100, 1, seededRandom(7))).toEqual(poissonArrivalsMs(100, 1, seededRandom(7)));
    expect(poissonArrivalsMs(100, 1, seededRandom(7))).not.toEqual(
      poissonArrivalsMs(100, 1, seededRandom(8)),
    );
  });
});
