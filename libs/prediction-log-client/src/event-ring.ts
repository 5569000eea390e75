/** A first-in, first-out queue of texts, limited in number and in characters; no copying, no growth. */
export class EventRing {
  private readonly slots: (string | undefined)[];
  private head = 0;
  private count = 0;
  private charCount = 0;

  /** @param maxChars together; one text alone may have more */
  constructor(
    readonly capacity: number,
    private readonly maxChars: number,
  ) {
    this.slots = new Array<string | undefined>(capacity);
  }

  get size(): number {
    return this.count;
  }

  get isFull(): boolean {
    return this.count === this.capacity || this.charCount >= this.maxChars;
  }

  get isHalfFull(): boolean {
    return this.count * 2 >= this.capacity || this.charCount * 2 >= this.maxChars;
  }

  /** False when the ring is full: the text was not taken. */
  push(text: string): boolean {
    const { count, capacity, head } = this;
    if (count === capacity || (count > 0 && this.charCount + text.length > this.maxChars)) return false;
    const end = head + count;
    this.slots[end < capacity ? end : end - capacity] = text;
    this.count = count + 1;
    this.charCount += text.length;
    return true;
  }

  /** The oldest texts, which stay in the ring: at most `max`, and no more than one beyond `maxChars` in all. */
  peek(max: number, maxChars: number): string[] {
    const texts: string[] = [];
    const end = Math.min(max, this.count);
    for (let offset = 0, chars = 0; offset < end && chars < maxChars; offset += 1) {
      const text = this.slots[(this.head + offset) % this.capacity] as string;
      chars += text.length;
      texts.push(text);
    }
    return texts;
  }

  /** Takes the oldest `count` texts out. */
  remove(count: number): void {
    for (let left = Math.min(count, this.count); left > 0; left -= 1) {
      this.charCount -= (this.slots[this.head] as string).length;
      this.slots[this.head] = undefined;
      this.head = (this.head + 1) % this.capacity;
      this.count -= 1;
    }
  }
}
