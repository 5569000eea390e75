import { crashLogging } from '@tidegate/testing';

const ROUNDS = 8;

describe('the prediction log and PostgreSQL, killed at random moments under load', () => {
  it.each([
    ['with a durable spool', true],
    ['without a spool', false],
  ])(
    'lose nothing that was acknowledged and count nothing twice, %s',
    async (_name, hasSpool) => {
      const report = await crashLogging({ rounds: ROUNDS, random: Math.random, hasSpool });
      expect(report).toMatchObject({ lost: [], twice: [], wrongRollups: [] });
      expect(report.acknowledged).toBeGreaterThan(100);
      expect(report.stored).toBeGreaterThanOrEqual(report.acknowledged);
      // Every kind of end was among them, and nothing was answered by a mistake of ours.
      expect(Object.values(report.victims).every((times) => times > 0)).toBe(true);
      expect(
        Object.keys(report.answers).filter((status) => !['0', '201', '202', '503'].includes(status)),
      ).toEqual([]);
    },
    360_000,
  );
});
