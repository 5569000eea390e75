import { ConcurrencyLimit } from './concurrency-limit';

describe('ConcurrencyLimit', () => {
  it('lets so many in, the next ones wait in turn, and more are refused', async () => {
    const limit = new ConcurrencyLimit(2, 1, 'things');
    const leaveFirst = await limit.enter();
    const leaveSecond = await limit.enter();
    const order: string[] = [];
    const third = limit.enter().then((leave) => {
      order.push('third');
      return leave;
    });
    await expect(limit.enter()).rejects.toMatchObject({
      code: 'OVERLOADED',
      headers: { 'retry-after': '2' },
    });
    expect(order).toEqual([]);
    leaveFirst();
    const leaveThird = await third;
    const fourth = limit.enter();
    leaveSecond();
    leaveThird();
    (await fourth)();
    // All places are free again.
    for (let place = 0; place < 2; place += 1) await limit.enter();
  });

  it('gives the place back when the work fails', async () => {
    const limit = new ConcurrencyLimit(1, 0, 'things');
    await expect(limit.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await limit.run(() => Promise.resolve(1))).toBe(1);
  });
});
