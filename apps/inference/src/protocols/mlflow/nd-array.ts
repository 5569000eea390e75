import { invalid } from '../../tensors/body-problem';
import { allocate, type Dtype, type Values, write } from './dtype';
import { WholeFloat } from './python-number';
import { shown } from './unexpected';
import { sizeOf } from '../../tensors/shape';

/** Values in row-major order: what `numpy.array` makes of nested lists. */
export interface NdArray {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly values: Values;
}

/**
 * `numpy.array(value, dtype)`; without `dtype` the smallest type that holds every element.
 *
 * @param place of the value, for messages: `inputs`
 * @throws ProblemError `BODY_INVALID` when lists differ in length or an element is none of this type
 */
export function arrayOf(value: unknown, dtype: Dtype | undefined, place: string): NdArray {
  const shape = shapeOf(value);
  const size = sizeOf(shape);
  if (dtype === undefined) {
    const values = new Array<unknown>(size);
    fill(value, { dtype: 'object', shape, values }, { axis: 0, at: 0, place });
    const inferred = inferredDtype(values);
    return castArray({ dtype: 'object', shape, values }, inferred, place);
  }
  const array = { dtype, shape, values: allocate(dtype, checkedSize(value, shape, place)) };
  fill(value, array, { axis: 0, at: 0, place });
  return array;
}

/** `array.astype(dtype)` of elements as they came. @throws ProblemError `BODY_INVALID` */
export function castArray({ shape, values }: NdArray, dtype: Dtype, place: string): NdArray {
  const cast = allocate(dtype, values.length);
  for (let index = 0; index < values.length; index += 1) {
    if (!write(dtype, cast, index, values[index], 'wrapped')) throw misfit(place, dtype, values[index]);
  }
  return { dtype, shape, values: cast };
}

/** Something cannot be an element of this type. */
export function misfit(place: string, dtype: Dtype, value: unknown): Error {
  return invalid(`${place}: expected ${EXPECTED[dtype] ?? `a number (${dtype})`}, got ${shown(value)}`);
}

const EXPECTED: Readonly<Partial<Record<Dtype, string>>> = {
  bool: 'true or false',
  str: 'text',
  object: 'a value',
};

function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let inner = value; Array.isArray(inner); inner = (inner as readonly unknown[])[0]) {
    shape.push(inner.length);
  }
  return shape;
}

/** Memory is taken only for what was really sent: the first list may be long and the others missing. */
function checkedSize(value: unknown, shape: readonly number[], place: string): number {
  if (shape.length > 1) checkLengths(value, shape, 0, place);
  return sizeOf(shape);
}

function checkLengths(value: unknown, shape: readonly number[], axis: number, place: string): void {
  const length = shape[axis] as number;
  if (!Array.isArray(value) || value.length !== length) {
    throw invalid(`${place}: expected an array of ${length}, as its neighbours are, got ${shown(value)}`);
  }
  if (axis === shape.length - 1) return;
  for (let index = 0; index < length; index += 1) {
    checkLengths(value[index], shape, axis + 1, place);
  }
}

interface Position {
  readonly axis: number;
  readonly at: number;
  readonly place: string;
}

/** Writes `value` and what is in it from `at` on; the position after it. */
function fill(value: unknown, array: NdArray, { axis, at, place }: Position): number {
  const { dtype, shape, values } = array;
  if (axis === shape.length) {
    if (Array.isArray(value) || !write(dtype, values, at, value, 'refused'))
      throw misfit(place, dtype, value);
    return at + 1;
  }
  if (!Array.isArray(value) || value.length !== shape[axis]) {
    throw invalid(
      `${place}: expected an array of ${shape[axis]}, as its neighbours are, got ${shown(value)}`,
    );
  }
  if (axis < shape.length - 1) {
    let next = at;
    for (const item of value as readonly unknown[])
      next = fill(item, array, { axis: axis + 1, at: next, place });
    return next;
  }
  return fillVector(value, array, at, place);
}

/** The innermost lists hold nearly everything: numbers go straight into floats. */
function fillVector(items: readonly unknown[], array: NdArray, at: number, place: string): number {
  const { dtype, values } = array;
  const isFloat = dtype === 'float32' || dtype === 'float64';
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (isFloat && typeof item === 'number') values[at + index] = item;
    else if (Array.isArray(item) || !write(dtype, values, at + index, item, 'refused')) {
      throw misfit(`${place}, element ${at + index}`, dtype, item);
    }
  }
  return at + items.length;
}

/** NumPy's choice: text swallows numbers, floats swallow integers, None and objects make a mixture of everything. */
function inferredDtype(values: readonly unknown[]): Dtype {
  const seen = { bool: false, integer: false, float: false, text: false, isNegative: false, isLarge: false };
  for (const value of values) {
    if (typeof value === 'string') seen.text = true;
    else if (typeof value === 'boolean') seen.bool = true;
    else if (value instanceof WholeFloat) seen.float = true;
    else if (typeof value === 'number') {
      if (Number.isInteger(value)) seen.integer = true;
      else seen.float = true;
      if (value < 0) seen.isNegative = true;
    } else if (typeof value === 'bigint') {
      seen.integer = true;
      if (value < 0n) seen.isNegative = true;
      if (value >= 2n ** 64n || value < -(2n ** 63n)) return seen.text ? 'str' : 'object';
      if (value >= 2n ** 63n) seen.isLarge = true;
    } else return 'object';
  }
  if (seen.text) return 'str';
  if (seen.float || values.length === 0) return 'float64';
  if (seen.integer) return seen.isLarge ? (seen.isNegative ? 'float64' : 'uint64') : 'int64';
  return 'bool';
}
