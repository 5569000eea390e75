import { EventBlock, type EventChunk } from './event-block';

/** So many texts, or so many characters, become bytes together. */
const CHUNK_EVENTS = 64;
const CHUNK_CHARS = 64 * 1024;

/**
 * A first-in, first-out queue of JSON texts, limited in number and in bytes. Texts become bytes soon: tens of thousands of them
 * a second that wait as strings would be moved from one generation of the heap to the next, which costs more than all else
 * that is done with them.
 */
export class EventRing {
  private readonly chunks: EventChunk[] = [];
  /** How many of the first chunk are gone. */
  private gone = 0;
  /** What no chunk holds yet. */
  private texts: string[] = [];
  private textChars = 0;
  private count = 0;
  private bytes = 0;

  /**
   * Both limits are of all texts together; an empty ring takes whatever comes, else that would never be taken.
   *
   * @param maxBytes characters for those that came last
   */
  constructor(
    readonly capacity: number,
    private readonly maxBytes: number,
  ) {}

  get size(): number {
    return this.count;
  }

  get isHalfFull(): boolean {
    return this.count * 2 >= this.capacity || this.bytes * 2 >= this.maxBytes;
  }

  /** Whether `texts` more would be taken if they are as large as those in the ring. */
  hasRoomFor(texts: number): boolean {
    return this.fits(texts, (texts * this.bytes) / this.count);
  }

  /** False when the ring is full: the text was not taken. */
  push(text: string): boolean {
    if (!this.fits(1, text.length)) return false;
    this.append(text);
    return true;
  }

  /** Either all are taken or, when there is no room for all (false), none. */
  pushAll(texts: readonly string[]): boolean {
    let chars = 0;
    for (const text of texts) chars += text.length;
    if (!this.fits(texts.length, chars)) return false;
    for (const text of texts) this.append(text);
    return true;
  }

  /** The oldest, which stay in the ring: at most `max`, and no more than one beyond `maxBytes` in all. */
  peek(max: number, maxBytes: number): EventBlock {
    if (this.texts.length > 0) this.seal();
    const { chunks, gone } = this;
    const most = Math.min(max, this.count);
    let count = 0;
    let index = gone;
    let chunk = 0;
    for (let bytes = 0; count < most && bytes < maxBytes; count += 1, index += 1) {
      if (index === chunks[chunk]?.ends.length) {
        chunk += 1;
        index = 0;
      }
      bytes += lengthIn(chunks[chunk] as EventChunk, index);
    }
    return EventBlock.ofChunks(chunks.slice(0, chunk + 1), gone, count);
  }

  /** Takes the oldest `count` out. */
  remove(count: number): void {
    if (this.texts.length > 0) this.seal();
    for (let left = Math.min(count, this.count); left > 0; left -= 1) {
      const [first] = this.chunks as [EventChunk];
      this.bytes -= lengthIn(first, this.gone);
      this.count -= 1;
      this.gone += 1;
      if (this.gone < first.ends.length) continue;
      this.chunks.shift();
      this.gone = 0;
    }
  }

  private fits(texts: number, bytes: number): boolean {
    if (this.count === 0) return true;
    return this.count + texts <= this.capacity && this.bytes + bytes <= this.maxBytes;
  }

  private append(text: string): void {
    this.texts.push(text);
    this.textChars += text.length;
    this.count += 1;
    this.bytes += text.length;
    if (this.texts.length === CHUNK_EVENTS || this.textChars >= CHUNK_CHARS) this.seal();
  }

  private seal(): void {
    const { texts } = this;
    const bytes = Buffer.from(texts.join(','));
    const isAscii = bytes.length === this.textChars + texts.length - 1;
    const ends: number[] = [];
    let end = -1;
    for (const text of texts) {
      end += 1 + (isAscii ? text.length : Buffer.byteLength(text));
      ends.push(end);
    }
    this.chunks.push({ bytes, ends });
    this.bytes += end - (texts.length - 1) - this.textChars;
    this.texts = [];
    this.textChars = 0;
  }
}

function lengthIn({ ends }: EventChunk, index: number): number {
  return (ends[index] as number) - (index === 0 ? 0 : (ends[index - 1] as number) + 1);
}
