import { percentile, spreadOf } from './statistics';

describe('statistics of rounds', () => {
  it('take the middle of an odd and the mean of both middles of an even number', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
  });

  it('compare numbers as numbers', () => {
    expect(percentile([100, 9, 20], 50)).toBe(20);
  });

  it('find the value most do not exceed', () => {
    const values = Array.from({ length: 200 }, (_, at) => at + 1);
    expect(percentile(values, 99)).toBe(198);
    expect(percentile([7], 99)).toBe(7);
  });

  it('say that nothing was measured', () => {
    expect(() => percentile([], 99)).toThrow('Nothing was measured');
  });
});
