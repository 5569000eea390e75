/** Events that are kept together: as JSON in UTF-8, a comma between any two. */
export interface EventChunk {
  readonly bytes: Buffer;
  /** Where each of them ends in `bytes`. */
  readonly ends: readonly number[];
}

const COMMA = 0x2c;
const BRACKETS = [0x5b, 0x5d] as const;

/** Events in order. */
export class EventBlock {
  /** @param slices each of some events, with a comma between any two */
  private constructor(
    readonly size: number,
    private readonly slices: readonly Buffer[],
    /** Each event alone, as JSON in UTF-8. */
    readonly payloads: () => readonly Buffer[],
  ) {}

  static of(payloads: readonly Buffer[]): EventBlock {
    return new EventBlock(payloads.length, payloads, () => payloads);
  }

  /** `count` events, beginning with number `first` of the first chunk; the chunks hold as many. */
  static ofChunks(chunks: readonly EventChunk[], first: number, count: number): EventBlock {
    const parts = partsOf(chunks, first, count);
    return new EventBlock(
      count,
      parts.map(({ chunk: { bytes, ends }, from, to }) => bytes.subarray(startOf(ends, from), ends[to - 1])),
      () =>
        parts.flatMap(({ chunk: { bytes, ends }, from, to }) =>
          ends.slice(from, to).map((end, at) => bytes.subarray(startOf(ends, from + at), end)),
        ),
    );
  }

  /** All of them as one JSON array. */
  json(): Buffer {
    const { slices } = this;
    const length = slices.reduce((sum, { length }) => sum + length + 1, 1);
    const json = Buffer.allocUnsafe(Math.max(length, BRACKETS.length));
    json[0] = BRACKETS[0];
    let offset = 1;
    for (const slice of slices) {
      json.set(slice, offset);
      offset += slice.length;
      json[offset] = COMMA;
      offset += 1;
    }
    json[json.length - 1] = BRACKETS[1];
    return json;
  }
}

interface Part {
  readonly chunk: EventChunk;
  readonly from: number;
  readonly to: number;
}

function partsOf(chunks: readonly EventChunk[], first: number, count: number): readonly Part[] {
  const parts: Part[] = [];
  let left = count;
  let from = first;
  for (const chunk of chunks) {
    if (left === 0) break;
    const to = Math.min(chunk.ends.length, from + left);
    parts.push({ chunk, from, to });
    left -= to - from;
    from = 0;
  }
  return parts;
}

/** Behind the comma after the one before. */
function startOf(ends: readonly number[], index: number): number {
  return index === 0 ? 0 : (ends[index - 1] as number) + 1;
}
