/** A first-in, first-out queue of fixed capacity; no copying, no growth. */
export class EventRing<T> {
  private readonly slots: (T | undefined)[];
  private head = 0;
  private count = 0;

  constructor(readonly capacity: number) {
    this.slots = new Array<T | undefined>(capacity);
  }

  get size(): number {
    return this.count;
  }

  /** False when the ring is full: the item was not taken. */
  push(item: T): boolean {
    if (this.count === this.capacity) return false;
    this.slots[(this.head + this.count) % this.capacity] = item;
    this.count += 1;
    return true;
  }

  /** The oldest items, at most `max`, which stay in the ring. */
  peek(max: number): T[] {
    const items: T[] = [];
    for (let offset = 0; offset < Math.min(max, this.count); offset += 1) {
      items.push(this.slots[(this.head + offset) % this.capacity] as T);
    }
    return items;
  }

  /** Takes the oldest `count` items out. */
  remove(count: number): void {
    for (let left = Math.min(count, this.count); left > 0; left -= 1) {
      this.slots[this.head] = undefined;
      this.head = (this.head + 1) % this.capacity;
      this.count -= 1;
    }
  }
}
