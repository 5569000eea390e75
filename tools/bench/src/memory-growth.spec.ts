import { memoryTrend } from './memory-growth';

describe('trend of memory', () => {
  it('leaves out how a process warms up', () => {
    expect(memoryTrend([50, 90, 100, 100, 101, 100, 100, 100])).toEqual({
      earlyMegabytes: 100,
      lateMegabytes: 100,
      highestMegabytes: 101,
    });
  });

  it('shows what goes on growing', () => {
    const leak = Array.from({ length: 40 }, (_, at) => 100 + at);
    expect(memoryTrend(leak)).toEqual({ earlyMegabytes: 114.5, lateMegabytes: 134.5, highestMegabytes: 139 });
  });

  it('is not shaken by one sample between two collections of garbage', () => {
    expect(memoryTrend([100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 180, 100]).lateMegabytes).toBe(100);
  });

  it('needs four samples', () => {
    expect(() => memoryTrend([1, 2, 3])).toThrow('3 samples of memory, expected 4 at least');
  });
});
