import { allocateShared } from './slab';
import type { TensorData, TensorType } from './tensor';

/** How one element type travels between JSON and a tensor. */
export interface ElementCodec {
  /** For messages: what an element must be. */
  readonly expected: string;
  allocate(length: number): TensorData;
  /** False when `value` is not of this type or out of its range: the runtime itself would coerce it silently. */
  write(data: TensorData, index: number, value: unknown): boolean;
  /** Writes `values` from `start` on. How many were taken: fewer than came when one does not fit. */
  writeAll(data: TensorData, start: number, values: readonly unknown[]): number;
  read(data: TensorData, index: number): unknown;
}

type NumberArray =
  Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;

type CodecOfOne = Omit<ElementCodec, 'writeAll'>;

function oneByOne(codec: CodecOfOne): ElementCodec {
  return {
    ...codec,
    writeAll(data, start, values) {
      for (let index = 0; index < values.length; index += 1) {
        if (!codec.write(data, start + index, values[index])) return index;
      }
      return values.length;
    },
  };
}

/** JSON has no NaN and no Infinity, but 1e999 parses to Infinity. Most inputs are such numbers: one plain loop for them. */
function floating(type: string, allocate: (length: number) => NumberArray, max: number): ElementCodec {
  return {
    expected: `a ${type} number`,
    allocate,
    write(data, index, value) {
      if (typeof value !== 'number' || !(value >= -max && value <= max)) return false;
      (data as NumberArray)[index] = value;
      return true;
    },
    writeAll(data, start, values) {
      const numbers = data as NumberArray;
      for (let index = 0; index < values.length; index += 1) {
        const value = values[index];
        if (typeof value !== 'number' || !(value >= -max && value <= max)) return index;
        numbers[start + index] = value;
      }
      return values.length;
    },
    read: (data, index) => data[index],
  };
}

function integral(allocate: (length: number) => NumberArray, min: number, max: number): ElementCodec {
  return oneByOne({
    expected: `a whole number from ${min} to ${max}`,
    allocate,
    write(data, index, value) {
      if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) return false;
      (data as NumberArray)[index] = value as number;
      return true;
    },
    read: (data, index) => data[index],
  });
}

/** JSON numbers beyond 2^53 have lost digits already: such integers travel as text, both ways. */
function wide(
  allocate: (length: number) => BigInt64Array | BigUint64Array,
  min: bigint,
  max: bigint,
): ElementCodec {
  return oneByOne({
    expected: `a whole number from ${min} to ${max}, as text beyond ±9007199254740991`,
    allocate,
    write(data, index, value) {
      const isWhole = typeof value === 'string' ? /^-?\d{1,20}$/.test(value) : Number.isSafeInteger(value);
      if (!isWhole) return false;
      const integer = BigInt(value as string | number);
      if (integer < min || integer > max) return false;
      (data as BigInt64Array)[index] = integer;
      return true;
    },
    read(data, index) {
      const integer = (data as BigInt64Array)[index] as bigint;
      const asNumber = Number(integer);
      return Number.isSafeInteger(asNumber) ? asNumber : integer.toString();
    },
  });
}

const boolean = oneByOne({
  expected: 'true or false',
  allocate: (length) => allocateShared(Uint8Array, length),
  write(data, index, value) {
    if (typeof value !== 'boolean') return false;
    (data as Uint8Array)[index] = value ? 1 : 0;
    return true;
  },
  read: (data, index) => data[index] !== 0,
});

/** onnxruntime-node ends texts at U+0000 and replaces lone surrogates, without a word. */
const UNUSABLE_TEXT = /\0|\p{Surrogate}/u;

const text = oneByOne({
  expected: 'text without U+0000 and lone surrogates',
  allocate: (length) => new Array<string>(length),
  write(data, index, value) {
    if (typeof value !== 'string' || UNUSABLE_TEXT.test(value)) return false;
    (data as string[])[index] = value;
    return true;
  },
  read: (data, index) => data[index],
});

const MAX_FLOAT32 = 3.4028234663852886e38;

export const ELEMENT_CODECS: Readonly<Record<TensorType, ElementCodec>> = {
  float32: floating('float32', (length) => allocateShared(Float32Array, length), MAX_FLOAT32),
  float64: floating('float64', (length) => allocateShared(Float64Array, length), Number.MAX_VALUE),
  int8: integral((length) => allocateShared(Int8Array, length), -(2 ** 7), 2 ** 7 - 1),
  int16: integral((length) => allocateShared(Int16Array, length), -(2 ** 15), 2 ** 15 - 1),
  int32: integral((length) => allocateShared(Int32Array, length), -(2 ** 31), 2 ** 31 - 1),
  uint8: integral((length) => allocateShared(Uint8Array, length), 0, 2 ** 8 - 1),
  uint16: integral((length) => allocateShared(Uint16Array, length), 0, 2 ** 16 - 1),
  uint32: integral((length) => allocateShared(Uint32Array, length), 0, 2 ** 32 - 1),
  int64: wide((length) => allocateShared(BigInt64Array, length), -(2n ** 63n), 2n ** 63n - 1n),
  uint64: wide((length) => allocateShared(BigUint64Array, length), 0n, 2n ** 64n - 1n),
  bool: boolean,
  string: text,
};
