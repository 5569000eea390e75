import { isUtf8 } from 'node:buffer';
import type { Tensor, TensorData, TensorType } from '../../tensors/tensor';
import { invalid } from '../../tensors/body-problem';
import { datatypeOf, viewOf } from './datatype';

/** In front of every element of a BYTES tensor. */
const PREFIX_BYTES = 4;

/**
 * The elements of a tensor that came as binary data: row-major and little-endian, as typed arrays are wherever this runs.
 * Numbers are not copied when their place in the body is aligned: the result is a view into it. NaN and infinities pass,
 * since bytes say them on purpose.
 *
 * @param place of the input, for messages
 * @throws ProblemError `BODY_INVALID`
 */
export function readBinaryData(type: TensorType, size: number, bytes: Buffer, place: string): TensorData {
  if (type === 'string') return readTexts(size, bytes, place);
  const View = viewOf(type);
  const expectedBytes = size * View.BYTES_PER_ELEMENT;
  if (bytes.length !== expectedBytes) {
    throw invalid(
      `${place}.parameters.binary_data_size: expected ${expectedBytes} for ${size} elements of ${datatypeOf(type)}, got ${bytes.length}`,
    );
  }
  const isAligned = bytes.byteOffset % View.BYTES_PER_ELEMENT === 0;
  // A copy of its own is aligned; Buffer.from would share a pool again.
  const { buffer, byteOffset } = isAligned ? bytes : new Uint8Array(bytes);
  const data = new View(buffer as ArrayBuffer, byteOffset, size);
  if (type === 'bool') requireBooleans(data as Uint8Array, place);
  return data;
}

/** The runtime does not say what it makes of other bytes. */
function requireBooleans(data: Uint8Array, place: string): void {
  const wrong = data.findIndex((value) => value > 1);
  if (wrong < 0) return;
  throw invalid(`${place}: expected bytes of 0 or 1 for BOOL, got ${data[wrong]} as element ${wrong}`);
}

function readTexts(size: number, bytes: Buffer, place: string): string[] {
  // Before anything is allocated: the shape is only a claim.
  if (bytes.length < size * PREFIX_BYTES) {
    throw invalid(
      `${place}: expected ${size} elements of BYTES, each behind ${PREFIX_BYTES} bytes of its length, got ${bytes.length} bytes`,
    );
  }
  const texts = new Array<string>(size);
  let at = 0;
  for (let index = 0; index < size; index += 1) {
    const start = at + PREFIX_BYTES;
    const end = start <= bytes.length ? start + bytes.readUInt32LE(at) : Infinity;
    if (end > bytes.length) {
      throw invalid(
        `${place}: expected ${size} elements of BYTES, but the bytes end within element ${index}`,
      );
    }
    texts[index] = textOf(bytes.subarray(start, end), `${place}: element ${index}`);
    at = end;
  }
  if (at === bytes.length) return texts;
  throw invalid(`${place}: expected ${size} elements of BYTES, got ${bytes.length - at} more bytes`);
}

function textOf(bytes: Buffer, place: string): string {
  if (!isUtf8(bytes)) throw invalid(`${place}: expected UTF-8, since the model takes text; got other bytes`);
  if (bytes.includes(0)) throw invalid(`${place}: expected ${TEXT_EXPECTED}, got U+0000`);
  return bytes.toString();
}

/** The runtime would cut the text off there without a word. */
export const TEXT_EXPECTED = 'text without U+0000';

/** The bytes of an output; a view of its data where that is possible. */
export function writeBinaryData({ type, data }: Tensor): Buffer {
  if (type !== 'string') {
    const { buffer, byteOffset, byteLength } = data as Exclude<TensorData, string[]>;
    return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  }
  const texts = data as readonly string[];
  const bytes = Buffer.allocUnsafe(
    texts.reduce((sum, text) => sum + PREFIX_BYTES + Buffer.byteLength(text), 0),
  );
  let at = 0;
  for (const text of texts) {
    const length = bytes.write(text, at + PREFIX_BYTES);
    bytes.writeUInt32LE(length, at);
    at += PREFIX_BYTES + length;
  }
  return bytes;
}
