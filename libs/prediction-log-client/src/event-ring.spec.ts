import type { EventBlock } from './event-block';
import { EventRing } from './event-ring';

const textsOf = (block: EventBlock): string[] => block.payloads().map((bytes) => bytes.toString());

describe('EventRing', () => {
  it('is first in, first out, over its end and back to its beginning', () => {
    const ring = new EventRing(3, 1000);
    expect(['a', 'b', 'c', 'd'].map((text) => ring.push(text))).toEqual([true, true, true, false]);
    ring.remove(2);
    expect([ring.push('e'), ring.push('f'), ring.push('g')]).toEqual([true, true, false]);
    expect(textsOf(ring.peek(10, 1000))).toEqual(['c', 'e', 'f']);
    ring.remove(10);
    expect([ring.size, textsOf(ring.peek(1, 1000))]).toEqual([0, []]);
  });

  it('is full when its bytes are used up, but takes one text whatever its length', () => {
    const ring = new EventRing(100, 10);
    expect(ring.push('x'.repeat(50))).toBe(true);
    expect([ring.hasRoomFor(1), ring.push('y')]).toEqual([false, false]);
    ring.remove(1);
    expect(ring.isHalfFull).toBe(false);
    expect([ring.push('12345'), ring.isHalfFull, ring.hasRoomFor(1)]).toEqual([true, true, true]);
    expect([ring.push('123456'), ring.push('12345')]).toEqual([false, true]);
  });

  it('takes several together or none of them, by number and by bytes', () => {
    const ring = new EventRing(3, 10);
    expect(ring.pushAll(['a', 'b'])).toBe(true);
    expect([ring.pushAll(['c', 'd']), ring.pushAll(['123456789']), ring.pushAll(['c'])]).toEqual([
      false,
      false,
      true,
    ]);
    expect(textsOf(ring.peek(10, 1000))).toEqual(['a', 'b', 'c']);
  });

  it('takes whatever comes together when it is empty: what is larger than all of it would never be taken', () => {
    const ring = new EventRing(2, 10);
    expect(ring.pushAll(['12345', '12345', '12345'])).toBe(true);
    expect([ring.size, ring.isHalfFull, ring.hasRoomFor(1), ring.push('a')]).toEqual([3, true, false, false]);
    ring.remove(2);
    expect([ring.push('a'), ring.push('b')]).toEqual([true, false]);
    expect(textsOf(ring.peek(10, 1000))).toEqual(['12345', 'a']);
  });

  it('has room for as many as fit if they are as large as those that wait', () => {
    const ring = new EventRing(100, 1000);
    expect(ring.hasRoomFor(5000)).toBe(true);
    ring.pushAll(['x'.repeat(150), 'x'.repeat(50)]);
    expect([ring.hasRoomFor(8), ring.hasRoomFor(9)]).toEqual([true, false]);
    const small = new EventRing(10, 1000);
    small.push('x');
    expect([small.hasRoomFor(9), small.hasRoomFor(10)]).toEqual([true, false]);
  });

  it('gives no more than asked for, in number and bytes, and at least one', () => {
    const ring = new EventRing(10, 1000);
    for (const text of ['aaaa', 'bbbb', 'cccc', 'dddd']) ring.push(text);
    expect(textsOf(ring.peek(2, 1000))).toEqual(['aaaa', 'bbbb']);
    expect(textsOf(ring.peek(10, 1))).toEqual(['aaaa']);
    expect(textsOf(ring.peek(10, 5))).toEqual(['aaaa', 'bbbb']);
  });

  it('gives back every text whole, of any length and alphabet, wherever the others were taken out', () => {
    const ring = new EventRing(1000, 1e9);
    const texts = Array.from({ length: 300 }, (_, at) =>
      JSON.stringify({ at, text: at % 7 === 0 ? 'grün 🍏'.repeat(at) : 'x'.repeat((at * 37) % 4000) }),
    );
    const seen: string[] = [];
    texts.forEach((text, at) => {
      ring.push(text);
      if (at % 11 !== 0) return;
      const block = ring.peek(5, 1e9);
      seen.push(...textsOf(block));
      expect(JSON.parse(block.json().toString())).toEqual(
        textsOf(block).map((one) => JSON.parse(one) as unknown),
      );
      ring.remove(block.size);
    });
    seen.push(...textsOf(ring.peek(1000, 1e9)));
    expect(seen).toEqual(texts);
    ring.remove(1000);
    // Nothing is counted of what is gone.
    const small = new EventRing(1000, 100);
    for (let round = 0; round < 50; round += 1) {
      expect(small.push('"ü"'.repeat(20))).toBe(true);
      small.remove(1);
    }
    expect(small.push('x'.repeat(100))).toBe(true);
  });
});
