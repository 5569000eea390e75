import { ELEMENT_CODECS, type ElementCodec } from '../../tensors/element-codec';
import type { Tensor, TensorData, TensorType } from '../../tensors/tensor';
import { TEXT_EXPECTED } from './binary-data';
import { unexpected } from '../../tensors/body-problem';
import { digitsOf } from '../exact-integers';
import type { JsonContent } from './infer-request';
import { elementAt, indicesText, sizeOf } from '../../tensors/shape';

/**
 * The elements of a tensor that came as JSON: flat, or nested as its shape says, row-major.
 *
 * @param place of the data, for messages: `inputs[0].data`
 * @throws ProblemError `BODY_INVALID`
 */
export function readJsonData(
  type: TensorType,
  shape: readonly number[],
  { items, exactItems }: JsonContent,
  place: string,
): TensorData {
  const size = sizeOf(shape);
  const isNested = shape.length > 1 && Array.isArray(items[0]);
  const form = isNested ? shape : [size];
  // Shapes first: memory is taken only for what was really sent.
  checkForm(items, form, 0, place, shape);
  const codec = ELEMENT_CODECS[type];
  const data = codec.allocate(size);
  const isWide = type === 'int64' || type === 'uint64';
  let sent = items;
  let taken = fill(codec, data, rowsOf(items, form.length));
  if (taken < size && isWide && typeof elementAt(sent, form, taken).value === 'number') {
    sent = exactItems();
    taken = fill(
      codec,
      data,
      rowsOf(sent, form.length).map((row) => row.map(digitsOf)),
    );
  }
  if (taken === size) return data;
  const { value, path } = elementAt(sent, form, taken);
  throw unexpected(place + indicesText(path), expectedOf(type, codec), digitsOf(value));
}

/** As JSON, the elements in one flat array. NaN and infinities, which JSON has not, become null. */
export function writeJsonData({ type, data }: Tensor): string {
  switch (type) {
    case 'int64':
    case 'uint64':
      // As literals with all their digits, which this protocol's clients expect.
      return `[${data.join(',')}]`;
    case 'bool':
      return `[${Array.from(data as Uint8Array, (value) => value !== 0).join(',')}]`;
    default:
      return JSON.stringify(Array.isArray(data) ? data : Array.from(data as Float32Array));
  }
}

function checkForm(
  items: unknown,
  form: readonly number[],
  depth: number,
  place: string,
  shape: readonly number[],
): void {
  const length = form[depth] ?? 0;
  if (!Array.isArray(items) || items.length !== length) {
    throw unexpected(
      place,
      `an array of ${length} (the shape is ${shape.join(' × ') || 'that of one value'})`,
      items,
    );
  }
  if (depth === form.length - 1) return;
  for (let index = 0; index < length; index += 1) {
    checkForm(items[index], form, depth + 1, `${place}[${index}]`, shape);
  }
}

/** The innermost arrays of nested ones. */
function rowsOf(items: readonly unknown[], depth: number): readonly (readonly unknown[])[] {
  return depth === 1 ? [items] : (items.flat(depth - 2) as unknown[][]);
}

/** How many elements were taken: fewer than came when one does not fit. */
function fill(codec: ElementCodec, data: TensorData, rows: readonly (readonly unknown[])[]): number {
  let at = 0;
  for (const row of rows) {
    const taken = codec.writeAll(data, at, row);
    at += taken;
    if (taken < row.length) break;
  }
  return at;
}

function expectedOf(type: TensorType, codec: ElementCodec): string {
  if (type === 'int64') return 'a whole number from -9223372036854775808 to 9223372036854775807';
  if (type === 'uint64') return 'a whole number from 0 to 18446744073709551615';
  return type === 'string' ? TEXT_EXPECTED : codec.expected;
}
