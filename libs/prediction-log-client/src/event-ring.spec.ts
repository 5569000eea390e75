import { EventRing } from './event-ring';

describe('EventRing', () => {
  it('is first in, first out, over its end and back to its beginning', () => {
    const ring = new EventRing(3, 1000);
    expect(['a', 'b', 'c', 'd'].map((text) => ring.push(text))).toEqual([true, true, true, false]);
    ring.remove(2);
    expect([ring.push('e'), ring.push('f'), ring.push('g')]).toEqual([true, true, false]);
    expect(ring.peek(10, 1000)).toEqual(['c', 'e', 'f']);
    ring.remove(10);
    expect([ring.size, ring.peek(1, 1000)]).toEqual([0, []]);
  });

  it('is full when its characters are used up, but takes one text whatever its length', () => {
    const ring = new EventRing(100, 10);
    expect(ring.push('x'.repeat(50))).toBe(true);
    expect([ring.isFull, ring.push('y')]).toEqual([true, false]);
    ring.remove(1);
    expect(ring.isHalfFull).toBe(false);
    expect([ring.push('12345'), ring.isHalfFull, ring.isFull]).toEqual([true, true, false]);
    expect([ring.push('123456'), ring.push('12345')]).toEqual([false, true]);
  });

  it('gives no more than asked for, in number and characters, and at least one', () => {
    const ring = new EventRing(10, 1000);
    for (const text of ['aaaa', 'bbbb', 'cccc', 'dddd']) ring.push(text);
    expect(ring.peek(2, 1000)).toEqual(['aaaa', 'bbbb']);
    expect(ring.peek(10, 1)).toEqual(['aaaa']);
    expect(ring.peek(10, 5)).toEqual(['aaaa', 'bbbb']);
  });
});
