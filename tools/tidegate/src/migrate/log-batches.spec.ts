import { pairBatches } from './log-batches';

const pairs = (count: number, value: string) =>
  Array.from({ length: count }, (_, index) => ({ key: `key-${index}`, value }));

describe('portions for log-batch', () => {
  it('are of 100 at most and lose nothing', () => {
    const all = pairs(250, 'x');
    const batches = [...pairBatches(all)];
    expect(batches.map((batch) => batch.length)).toEqual([100, 100, 50]);
    expect(batches.flat()).toEqual(all);
    expect([...pairBatches([])]).toEqual([]);
  });

  it('are smaller when their values are long: 100 tags of 8,000 characters are more than MLflow takes', () => {
    const batches = [...pairBatches(pairs(100, '😀'.repeat(4_000)))];
    expect(batches.flat()).toHaveLength(100);
    for (const batch of batches) {
      const asMlflowCounts = JSON.stringify(batch).replace(/[^\0-\x7f]/g, '\\uffff');
      expect(asMlflowCounts.length).toBeLessThan(1_000_000);
    }
  });

  it('hold one pair even when it is too long by itself', () => {
    expect([...pairBatches(pairs(2, 'x'.repeat(200_000)))].map((batch) => batch.length)).toEqual([1, 1]);
  });
});
