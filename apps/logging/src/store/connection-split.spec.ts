import { FEWEST_CONNECTIONS, splitConnections } from './connection-split';

describe('splitConnections', () => {
  it.each([FEWEST_CONNECTIONS, 6, 7, 9, 10, 12, 200])(
    'gives every kind of work some of %d, and no more',
    (total) => {
      const { commits, ...pools } = splitConnections(total);
      expect(Object.values(pools).every((size) => size >= 1)).toBe(true);
      expect(Object.values(pools).reduce((sum, size) => sum + size, 0)).toBe(total);
      // Neither the replay of the spool nor a check waits for commits that hang.
      expect(pools.writing).toBeGreaterThan(commits);
    },
  );
});
