import { decodeRecord, encodeRecords } from './record-format';
import { nextRecord } from './segment-scan';

const NOW_MS = Date.UTC(2026, 0, 1);
const TEXTS = ['', 'first', 'x'.repeat(40), 'last'];

function encoded(): Buffer {
  return encodeRecords(
    TEXTS.map((text) => Buffer.from(text)),
    NOW_MS,
  );
}

/** Every record that can be found, as text. */
function found(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const next = nextRecord(bytes, offset);
    if (next === undefined) break;
    texts.push(next.record.payload.toString());
    offset = next.offset + next.bytes;
  }
  return texts;
}

describe('records in a segment', () => {
  it('come back as they were', () => {
    expect(found(encoded())).toEqual(TEXTS);
    expect(decodeRecord(encoded(), 0)).toMatchObject({
      kind: 'record',
      bytes: 16,
      record: { appendedAtMs: NOW_MS },
    });
  });

  it('are all found but the one in which any one bit has flipped', () => {
    const starts = [0, 16, 16 + 21, 16 + 21 + 56];
    for (let bit = 0; bit < encoded().length * 8; bit += 1) {
      const bytes = encoded();
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const damaged = starts.filter((start) => start <= bit >> 3).length - 1;
      expect([bit, found(bytes)]).toEqual([bit, TEXTS.filter((_, record) => record !== damaged)]);
    }
  });

  it('are incomplete, not damaged, wherever they are cut', () => {
    const whole = encodeRecords([Buffer.from('some text')], NOW_MS);
    for (let length = 0; length < whole.length; length += 1) {
      expect(decodeRecord(whole.subarray(0, length), 0).kind).toBe('incomplete');
    }
  });
});
