import { FakeClock } from '@tidegate/testing';
import { BatchDurations } from './batch-durations';

describe('BatchDurations', () => {
  it('expects what runs of that size take, and of a size never run what the next smaller one takes', () => {
    const durations = new BatchDurations(new FakeClock(), undefined);
    expect(durations.expected(1)).toBe(0);
    durations.note(1, 2);
    durations.note(4, 5);
    expect([1, 2, 3, 4, 64].map((rows) => durations.expected(rows))).toEqual([2, 2, 5, 5, 5]);
  });

  it('does not take a pause of the machine for the speed of the model, not even in the first run', () => {
    const durations = new BatchDurations(new FakeClock(), 0.5);
    durations.note(1, 400);
    expect(durations.expected(1)).toBeCloseTo(0.5 + 0.2 * (1.5 - 0.5));
    // 8 rows that ran for the first time: at most three times what they cost one by one.
    durations.note(8, 4000);
    expect(durations.expected(8)).toBeCloseTo(3 * 8 * 0.7);
  });

  it('learns that a model has become slow', () => {
    const durations = new BatchDurations(new FakeClock(), 1);
    for (let run = 0; run < 40; run += 1) durations.note(1, 30);
    expect(durations.expected(1)).toBeCloseTo(30, 0);
  });

  it('runs rows together as far as that is known to help, and one size beyond to find out', () => {
    const durations = new BatchDurations(new FakeClock(), 3);
    expect(durations.rowsWithin(6, 256)).toBe(2);
    for (const rows of [2, 4, 8]) durations.note(rows, 3.5);
    expect(durations.rowsWithin(6, 256)).toBe(16);
    expect(durations.rowsWithin(6, 8)).toBe(8);
  });

  it('tries every size that is short however slow, and every size while nothing is known', () => {
    expect(new BatchDurations(new FakeClock(), 0.03).rowsWithin(5, 128)).toBe(128);
    expect(new BatchDurations(new FakeClock(), undefined).rowsWithin(5, 256)).toBe(256);
  });

  it('keeps rows apart that take as long together as one by one, and looks again later', async () => {
    const clock = new FakeClock();
    const durations = new BatchDurations(clock, 30);
    durations.note(2, 58);
    expect(durations.rowsWithin(60, 256)).toBe(1);
    await clock.advance(10_000);
    expect(durations.rowsWithin(60, 256)).toBe(2);
    durations.note(2, 58);
    expect(durations.rowsWithin(60, 256)).toBe(1);
    // It has become better at it.
    for (let run = 0; run < 20; run += 1) durations.note(2, 33);
    expect(durations.rowsWithin(60, 256)).toBe(4);
  });
});
