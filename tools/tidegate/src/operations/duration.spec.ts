import { ageOf, durationMs } from './duration';

describe('durations', () => {
  it.each([
    ['30s', 30_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('%s', (text, ms) => expect(durationMs('--since', text)).toBe(ms));

  it.each(['', '10', 'm', '1.5h', '10 m', '-1s'])('refuses "%s"', (text) => {
    expect(() => durationMs('--since', text)).toThrow(
      'expected a number and a unit, such as 30s, 10m, 2h or 1d.',
    );
  });

  it.each([
    [90, '90s'],
    [7_100, '118m'],
    [100_000, '27h'],
    [200_000, '2d'],
    [-5, '0s'],
  ])('shows %i s', (seconds, text) => expect(ageOf(new Date(0), seconds * 1000)).toBe(text));
});
