import { FakeClock } from '@tidegate/testing';
import { RetryBudget } from './retry-budget';

describe('the retry budget', () => {
  let clock: FakeClock;
  let budget: RetryBudget;

  beforeEach(() => {
    clock = new FakeClock();
    budget = new RetryBudget(clock);
  });

  const spendAll = (): number => {
    let spent = 0;
    while (budget.spend()) spent += 1;
    return spent;
  };
  const earn = (requests: number): void => {
    for (let request = 0; request < requests; request += 1) budget.earn();
  };

  it('allows ten retries without any history', () => {
    expect(spendAll()).toBe(10);
  });

  it('allows one retry for ten requests from then on', () => {
    spendAll();
    earn(205);
    expect(spendAll()).toBe(20);
  });

  it('allows one retry a second of a service that is hardly used', async () => {
    spendAll();
    await clock.advance(999);
    expect(spendAll()).toBe(0);
    await clock.advance(4_001);
    expect(spendAll()).toBe(5);
  });

  it('saves a hundred at most', async () => {
    earn(100_000);
    await clock.advance(3_600_000);
    expect(spendAll()).toBe(100);
  });
});
