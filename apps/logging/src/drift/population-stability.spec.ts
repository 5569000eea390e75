import { driftVerdict, EMPTY_BIN_SHARE, populationStability } from './population-stability';

describe('the population stability index', () => {
  it('is the sum of (p - q) ln(p / q)', () => {
    const expected = (0.6 - 0.5) * Math.log(0.6 / 0.5) + (0.4 - 0.5) * Math.log(0.4 / 0.5);
    expect(populationStability([60, 40], [5, 5])).toBeCloseTo(expected, 15);
    expect(populationStability([5, 5], [60, 40])).toBeCloseTo(expected, 15);
    expect(populationStability([7, 7], [1, 1])).toBe(0);
  });

  it('counts an empty bin as a small share, and two empty ones as nothing', () => {
    const q = EMPTY_BIN_SHARE;
    expect(populationStability([10, 10, 0], [20, 0, 0])).toBeCloseTo(
      (0.5 - 1) * Math.log(0.5) + (0.5 - q) * Math.log(0.5 / q),
      15,
    );
  });

  it('is not known when a window is empty', () => {
    expect(populationStability([0, 0], [1, 1])).toBeNull();
    expect(populationStability([1, 1], [])).toBeNull();
  });

  it('has the usual verdicts', () => {
    expect([0, 0.0999, 0.1, 0.2499, 0.25, 9].map(driftVerdict)).toEqual([
      ...['stable', 'stable', 'moderate', 'moderate', 'major', 'major'],
    ]);
  });
});
