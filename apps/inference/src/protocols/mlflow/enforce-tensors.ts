import { allocate, type Dtype, isNumeric, write } from './dtype';
import { arrayOfFrame, findColumn, type Frame } from './frame';
import { type InputSchema, namesOf, type TensorInput } from './input-schema';
import { misfit, type NdArray } from './nd-array';
import { castSeries, type Series } from './series';
import { shown } from './unexpected';
import { isRecord } from './frame';
import type { ModelInput } from './model-input';
import type { ScoringInput } from './scoring-input';
import { unfeedable } from './cast-frame';
import { violation } from './signature-violation';
import { sizeOf } from '../../tensors/shape';

export type TensorSchema = Extract<InputSchema, { kind: 'tensors' }>;

/** Type and shape as the signature says (mlflow/models/utils.py, `_enforce_tensor_schema`). @throws ProblemError `BODY_INVALID` */
export function enforceTensors(input: ScoringInput, schema: TensorSchema): ModelInput {
  if (input.kind === 'frame') return tensorsOfFrame(input.frame, schema);
  if (!schema.isNamed) {
    if (input.kind === 'arrays')
      throw violation('the signature has no names: expected an array, got an object');
    return { kind: 'array', array: enforceTensor(input.array, schema.inputs[0] as TensorInput) };
  }
  if (input.kind === 'array')
    throw violation(`expected an object with an array for each of ${namesOf(schema)}`);
  const byName = new Map<string, NdArray>();
  for (const each of schema.inputs) {
    const name = each.name ?? '';
    const array = input.byName.get(name);
    if (array === undefined) throw missing(name, schema);
    byName.set(name, enforceTensor(array, each));
  }
  return { kind: 'arrays', byName };
}

function missing(name: string, schema: TensorSchema): Error {
  return violation(`the model is missing the input ${JSON.stringify(name)}; expected ${namesOf(schema)}`);
}

/** `_enforce_tensor_spec`. */
function enforceTensor(array: NdArray, { name, dtype, shape, type }: TensorInput): NdArray {
  const place = `input ${name ?? 0}`;
  if (dtype === undefined) throw unfeedable(place, type);
  if (shape.length === 1 && shape[0] === -1 && dtype === 'object') return array;
  const fits =
    shape.length === array.shape.length &&
    shape.every((length, axis) => length === -1 || length === array.shape[axis]);
  if (!fits)
    throw violation(`${place}: expected the shape ${shapeText(shape)}, got ${shapeText(array.shape)}`);
  if (array.dtype !== dtype) throw violation(`${place}: expected ${type}, got ${array.dtype}`);
  return array;
}

export function shapeText(shape: readonly number[]): string {
  return `(${shape.map((length) => (length === -1 ? 'any' : length)).join(', ')})`;
}

/** A frame for a signature of tensors: a column for each, or all columns as one matrix. */
export function tensorsOfFrame(frame: Frame, schema: TensorSchema): ModelInput {
  if (schema.isNamed) {
    const byName = new Map<string, NdArray>();
    for (const input of schema.inputs) {
      const column = findColumn(frame, input.name ?? '');
      if (column === undefined) throw missing(input.name ?? '', schema);
      byName.set(input.name ?? '', tensorOfColumn(column.series, input, `column ${column.name}`));
    }
    return { kind: 'arrays', byName };
  }
  const input = schema.inputs[0] as TensorInput;
  const [only, ...others] = frame.columns;
  if (only === undefined || frame.rows === 0) throw violation('expected at least one row, got none');
  if (others.length === 0)
    return { kind: 'array', array: tensorOfColumn(only.series, input, `column ${only.name}`) };
  const width = frame.columns.length;
  if (input.shape.length !== 2 || input.shape[0] !== -1 || input.shape[1] !== width) {
    throw violation(
      `the signature has one tensor of the shape ${shapeText(input.shape)}: expected as many columns, or one whose cells are lists, got ${width} columns`,
    );
  }
  return { kind: 'array', array: enforceTensor(arrayOfFrame(frame), input) };
}

/** `_reshape_and_cast_pandas_column_values`: a value or a flat list a row, reshaped. */
function tensorOfColumn(series: Series, input: TensorInput, place: string): NdArray {
  const { dtype, type } = input;
  const [rows, ...inner] = input.shape;
  if (dtype === undefined) throw unfeedable(place, type);
  if (rows !== -1 || inner.includes(-1)) {
    throw violation(
      `${place}: a frame fits only signatures whose first length is free and the others are not, this one is ${shapeText(input.shape)}: send "inputs"`,
    );
  }
  const first = series.values[0];
  if (first === undefined) throw violation(`${place}: expected at least one row, got none`);
  if (Array.isArray(first)) return tensorOfLists(series.values, dtype, inner, place);
  if (first === null || isRecord(first))
    throw violation(`${place}: expected values or lists, got ${shown(first)}`);
  if (inner.length > 1 || (inner.length === 1 && inner[0] !== 1)) {
    throw violation(
      `${place}: expected a list of ${sizeOf(inner)} in each row, for the shape ${shapeText(input.shape)}, got ${shown(first)}`,
    );
  }
  const { values } = castSeries(series, dtype, place);
  return enforceTensor({ dtype, shape: [values.length, ...inner], values }, input);
}

/** Lists of one element may be left out around it. */
function tensorOfLists(
  rows: ArrayLike<unknown>,
  dtype: Dtype,
  inner: readonly number[],
  place: string,
): NdArray {
  const length = sizeOf(inner);
  const lists = Array.from(rows, (row) => (Array.isArray(row) ? (row as readonly unknown[]) : [row]));
  lists.forEach((list, row) => {
    if (list.length === length) return;
    const shape = shapeText([-1, ...inner]);
    throw violation(
      `${place}, row ${row}: expected a list of ${length}, for the shape ${shape}, got ${shown(rows[row])}`,
    );
  });
  const overflow = lists.some((list) => list.some(isBeyond64Bits)) ? 'refused' : 'wrapped';
  const values = allocate(dtype, rows.length * length);
  lists.forEach((list, row) => {
    for (let index = 0; index < length; index += 1) {
      const value = list[index];
      const isMissing = value === null && isNumeric(dtype);
      if (isMissing || Array.isArray(value) || !write(dtype, values, row * length + index, value, overflow)) {
        throw misfit(`${place}, row ${row}, element ${index}`, dtype, value);
      }
    }
  });
  return { dtype, shape: [rows.length, ...inner], values };
}

/** Such an integer makes Python's of all of them, which are not wrapped around. */
function isBeyond64Bits(value: unknown): boolean {
  return typeof value === 'bigint' && (value >= 2n ** 64n || value < -(2n ** 63n));
}
