import { FakeClock } from '@tidegate/testing';
import { CircuitBreaker } from './circuit-breaker';

describe('the breaker of an address', () => {
  let clock: FakeClock;
  let breaker: CircuitBreaker;

  beforeEach(() => {
    clock = new FakeClock();
    breaker = new CircuitBreaker(clock, () => 0.5);
  });

  const fail = (times: number): void => {
    for (let time = 0; time < times; time += 1) breaker.failed();
  };

  it('stays closed for four failures in a row, and opens with the fifth', () => {
    fail(4);
    expect([breaker.isOpen, breaker.allows()]).toEqual([false, true]);
    fail(1);
    expect([breaker.isOpen, breaker.allows()]).toEqual([true, false]);
  });

  it('counts anew after every connection', () => {
    fail(4);
    breaker.connected();
    fail(4);
    expect(breaker.isOpen).toBe(false);
  });

  it('lets one request try after its time, and no other while that one is on its way', async () => {
    fail(5);
    await clock.advance(749);
    expect(breaker.allows()).toBe(false);
    await clock.advance(1);
    expect(breaker.allows()).toBe(true);
    breaker.begin();
    expect([breaker.isOpen, breaker.allows()]).toEqual([true, false]);
  });

  it('closes when the probe connects', async () => {
    fail(5);
    await clock.advance(750);
    breaker.begin();
    breaker.connected();
    expect([breaker.isOpen, breaker.allows()]).toEqual([false, true]);
  });

  it('waits again when the probe fails, then lets the next one try', async () => {
    fail(5);
    await clock.advance(750);
    breaker.begin();
    breaker.failed();
    expect(breaker.allows()).toBe(false);
    await clock.advance(750);
    expect(breaker.allows()).toBe(true);
  });

  it('lets the next request try when the probe ended without needing a connection', async () => {
    fail(5);
    await clock.advance(750);
    breaker.begin();
    breaker.abandoned();
    expect([breaker.isOpen, breaker.allows()]).toEqual([true, true]);
  });

  it.each([
    [0, 500],
    [0.999, 1_000],
  ])('tries again within a second, at random (%d)', async (random, dueMs) => {
    breaker = new CircuitBreaker(clock, () => random);
    fail(5);
    await clock.advance(dueMs - 1);
    expect(breaker.allows()).toBe(false);
    await clock.advance(1);
    expect(breaker.allows()).toBe(true);
  });
});
