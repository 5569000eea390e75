import { BodyBudget } from './body-budget';

describe('the bytes of bodies in memory', () => {
  it('are no more than allowed, and make room when they are released', () => {
    const budget = new BodyBudget(100);
    expect([budget.take(60, 0), budget.take(40, 60), budget.take(1, 0), budget.take(1, 60)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    budget.release(60);
    expect([budget.take(61, 0), budget.take(60, 0)]).toEqual([false, true]);
  });

  it('are those of one body, however large, when there is no other', () => {
    const budget = new BodyBudget(100);
    expect([budget.take(90, 0), budget.take(90, 90), budget.take(1, 0)]).toEqual([true, true, false]);
    budget.release(180);
    expect(budget.take(1, 0)).toBe(true);
  });
});
