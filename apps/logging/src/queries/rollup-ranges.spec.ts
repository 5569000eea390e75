import { rollupRanges } from './rollup-ranges';

const HOUR = 3_600_000;
const MINUTE = 60_000;

const ranges = (fromMs: number, toMs: number, bucketSeconds = 3600): [string, number, number][] =>
  rollupRanges({ fromMs, toMs, bucketSeconds }).map((range) => [range.column, range.fromMs, range.toMs]);

describe('where statistics are read from', () => {
  it('takes whole hours from the hours and the edges from the minutes', () => {
    expect(ranges(HOUR - MINUTE, 3 * HOUR + MINUTE)).toEqual([
      ['minute', HOUR - MINUTE, HOUR],
      ['hour', HOUR, 3 * HOUR],
      ['minute', 3 * HOUR, 3 * HOUR + MINUTE],
    ]);
    expect(ranges(HOUR, 3 * HOUR)).toEqual([['hour', HOUR, 3 * HOUR]]);
  });

  it('takes minutes only where no whole hour lies in it, or buckets are no hours', () => {
    expect(ranges(HOUR - MINUTE, HOUR + MINUTE)).toEqual([['minute', HOUR - MINUTE, HOUR + MINUTE]]);
    expect(ranges(0, 5 * HOUR, 5400)).toEqual([['minute', 0, 5 * HOUR]]);
    expect(ranges(0, 5 * HOUR, 7200)).toEqual([['hour', 0, 5 * HOUR]]);
  });
});
