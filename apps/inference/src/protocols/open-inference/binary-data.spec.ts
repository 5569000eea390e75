import type { TensorType } from '../../tensors/tensor';
import { readBinaryData, writeBinaryData } from './binary-data';

/** Bytes at an address that is `offset` more than a multiple of 8. */
function bytesAt(offset: number, bytes: Uint8Array): Buffer {
  const memory = new ArrayBuffer(bytes.length + 8);
  const placed = Buffer.from(memory, offset, bytes.length);
  placed.set(bytes);
  return placed;
}

function bytesOf(data: { buffer: ArrayBufferLike; byteLength: number }): Uint8Array {
  return new Uint8Array(data.buffer as ArrayBuffer, 0, data.byteLength);
}

function texts(...values: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    values.flatMap((value) => {
      const bytes = Buffer.from(value as string);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

describe('binary data of a tensor', () => {
  it.each<[TensorType, Parameters<typeof bytesOf>[0] & Iterable<unknown>]>([
    ['float32', Float32Array.of(0.5, NaN, Infinity, -0)],
    ['float64', Float64Array.of(0.1, -1e300)],
    ['int8', Int8Array.of(-128, 127)],
    ['uint16', Uint16Array.of(65_535, 1)],
    ['int32', Int32Array.of(-(2 ** 31))],
    ['int64', BigInt64Array.of(9007199254740993n, -(2n ** 63n))],
    ['uint64', BigUint64Array.of(2n ** 64n - 1n)],
    ['bool', Uint8Array.of(1, 0)],
  ])('of %s is the same wherever it lies in the body, and comes back byte by byte', (type, values) => {
    const size = [...values].length;
    for (const offset of [0, 1, 4]) {
      const data = readBinaryData(type, size, bytesAt(offset, bytesOf(values)), 'inputs[0]');
      expect(data).toEqual(values);
      expect([...writeBinaryData({ type, dims: [size], data })]).toEqual([...bytesOf(values)]);
    }
  });

  it('is a view of the body where it is aligned, and otherwise a copy', () => {
    const sent = bytesOf(Float32Array.of(1, 2));
    const aligned = bytesAt(4, sent);
    const bytes = readBinaryData('float32', 2, aligned, 'inputs[0]') as Float32Array;
    expect(bytes.buffer).toBe(aligned.buffer);
    const moved = bytesAt(2, sent);
    expect((readBinaryData('float32', 2, moved, 'inputs[0]') as Float32Array).buffer).not.toBe(moved.buffer);
  });

  it('must have the length of its shape', () => {
    expect(() => readBinaryData('float32', 3, Buffer.alloc(8), 'inputs[0]')).toThrow(
      'inputs[0].parameters.binary_data_size: expected 12 for 3 elements of FP32, got 8',
    );
  });

  it('has no other booleans than 0 and 1', () => {
    expect(() => readBinaryData('bool', 3, Buffer.from([0, 1, 2]), 'inputs[0]')).toThrow(
      'inputs[0]: expected bytes of 0 or 1 for BOOL, got 2 as element 2',
    );
  });

  it('of text has the length in front of each element', () => {
    const bytes = texts('tide', '', 'gäte 🌊');
    const data = readBinaryData('string', 3, bytes, 'inputs[0]');
    expect(data).toEqual(['tide', '', 'gäte 🌊']);
    expect(writeBinaryData({ type: 'string', dims: [3], data })).toEqual(bytes);
    expect(writeBinaryData({ type: 'string', dims: [0], data: [] })).toHaveLength(0);
  });

  it.each<[string, number, Buffer, string]>([
    ['too few elements', 3, texts('a', 'b'), 'expected 3 elements of BYTES, each behind 4 bytes'],
    [
      'a length that leads out of the body',
      1,
      Buffer.from([9, 0, 0, 0, 65]),
      'the bytes end within element 0',
    ],
    [
      'a length of which a part is missing',
      2,
      Buffer.concat([texts('abcd'), Buffer.alloc(3)]),
      'within element 1',
    ],
    ['the largest length', 1, Buffer.alloc(8, 255), 'the bytes end within element 0'],
    ['more than its elements', 1, texts('a', 'b'), 'expected 1 elements of BYTES, got 5 more bytes'],
    ['a size nobody sent', 2 ** 40, texts('a'), 'expected 1099511627776 elements of BYTES'],
    ['other bytes than UTF-8', 1, texts(Buffer.from([0xff, 0xfe])), 'element 0: expected UTF-8'],
    ['U+0000', 2, texts('a', 'b\0c'), 'element 1: expected text without U+0000'],
  ])('of text is refused with %s', (_, size, bytes, message) => {
    expect(() => readBinaryData('string', size, bytes, 'inputs[0]')).toThrow(message);
  });
});
