import { LatencyCounts, latencyBucket, latencyOfBucket, QUANTILE_ERROR } from './latency-buckets';

describe('latency buckets', () => {
  it('represent every latency from a microsecond to a day within the stated error', () => {
    for (let latencyMs = 0.001; latencyMs <= 86_400_000; latencyMs *= 1.003) {
      const represented = latencyOfBucket(latencyBucket(latencyMs));
      expect(Math.abs(represented / latencyMs - 1)).toBeLessThan(QUANTILE_ERROR);
    }
  });

  it('have a place for what is shorter or longer', () => {
    expect(latencyOfBucket(latencyBucket(0))).toBe(0);
    expect(latencyBucket(0.0009)).toBe(0);
    expect(latencyBucket(1e12)).toBe(latencyBucket(86_400_000));
  });

  it('never go back as latencies grow', () => {
    let before = 0;
    for (let latencyMs = 0.0005; latencyMs < 1000; latencyMs *= 1.01) {
      expect(latencyBucket(latencyMs)).toBeGreaterThanOrEqual(before);
      before = latencyBucket(latencyMs);
    }
    // The layout of stored counts: a change here would mix different buckets.
    expect([1, 2.5, 60_000].map(latencyBucket)).toEqual([80, 91, 207]);
  });
});

describe('latency counts', () => {
  const countsOf = (latencies: readonly number[]): LatencyCounts => {
    const counts = new LatencyCounts();
    for (const latencyMs of latencies) counts.add(latencyBucket(latencyMs), 1);
    return counts;
  };

  it('answer nearest-rank quantiles', () => {
    const counts = countsOf([1, 1, 1, 1, 1, 1, 1, 1, 1, 100]);
    expect(counts.quantiles([0.5, 0.9, 0.91, 1])).toEqual(
      [1, 1, 100, 100].map((latencyMs) => latencyOfBucket(latencyBucket(latencyMs))),
    );
    expect(countsOf([5]).quantiles([0, 0.5, 1])).toEqual(Array(3).fill(latencyOfBucket(latencyBucket(5))));
    expect(new LatencyCounts().quantiles([0.5, 0.9])).toEqual([null, null]);
  });

  it('go to SQL and back, and add up', () => {
    expect(new LatencyCounts().toSql()).toBe('{}');
    const counts = countsOf([1, 2.5]);
    expect(counts.toSql()).toBe('[80:91]={1,0,0,0,0,0,0,0,0,0,0,1}');
    const sum = new LatencyCounts();
    sum.addSql('{}');
    sum.addSql(counts.toSql());
    sum.addSql('[79:80]={1,4}');
    sum.addSql('{7}');
    sum.addAll(countsOf([1]));
    expect(sum.toSql()).toMatch(/^\[1:91\]=\{7,0,.*,1,6,0,0,0,0,0,0,0,0,0,0,1\}$/);
  });
});
