import { invalid } from '../../tensors/body-problem';
import type { Dtype } from './dtype';
import { unfeedable } from './cast-frame';
import { cellsByName, type Frame, type FrameColumn, isRecord } from './frame';
import { type ColumnInput, type InputSchema, namesOf } from './input-schema';
import { arrayOf, type NdArray } from './nd-array';
import { shown } from './unexpected';
import { type Series, seriesOf } from './series';

/** `instances` or `inputs`, read but not yet checked against the signature. */
export type ScoringInput =
  | { readonly kind: 'array'; readonly array: NdArray }
  | { readonly kind: 'arrays'; readonly byName: ReadonlyMap<string, NdArray> }
  | { readonly kind: 'frame'; readonly frame: Frame };

/**
 * Reads `instances` and `inputs` as arrays of the signature's types (mlflow/utils/proto_json_utils.py,
 * `parse_tf_serving_input`). Lists of objects become an array for each name under `instances`, and the rows of a frame
 * under `inputs`.
 *
 * @throws ProblemError `BODY_INVALID`
 */
export function scoringInput(
  value: unknown,
  schema: InputSchema | undefined,
  format: 'instances' | 'inputs',
): ScoringInput {
  if (format === 'instances' && Array.isArray(value) && isRecord(value[0])) {
    const byName = new Map<string, NdArray>();
    for (const [name, cells] of listsByName(value)) byName.set(name, readAs(cells, name, schema, format));
    return withEqualLengths({ kind: 'arrays', byName }, schema);
  }
  const input = cast(value, schema, format);
  return format === 'instances' ? withEqualLengths(input, schema) : input;
}

/** `_cast_schema_type`. */
function cast(value: unknown, schema: InputSchema | undefined, format: string): ScoringInput {
  const [first, ...others] = schema?.inputs ?? [];
  const isList = Array.isArray(value);
  if (schema?.isNamed === true && others.length === 0 && isList && !value.some(isRecord)) {
    const name = first?.name ?? '';
    return { kind: 'arrays', byName: new Map([[name, readAs(value, name, schema, format)]]) };
  }
  if (isRecord(value)) {
    if (schema?.isNamed === false)
      throw invalid(`${format}: the signature has no names: expected an array, got an object`);
    const byName = new Map<string, NdArray>();
    for (const [name, own] of Object.entries(value)) byName.set(name, readAs(own, name, schema, format));
    return { kind: 'arrays', byName };
  }
  if (isList && value.every(isRecord)) return { kind: 'frame', frame: frameOfRecords(value, schema, format) };
  return { kind: 'array', array: arrayOf(value, dtypeOf(first, schema), format) };
}

function readAs(value: unknown, name: string, schema: InputSchema | undefined, format: string): NdArray {
  const input = schema?.isNamed === true ? schema.inputs.find((each) => each.name === name) : undefined;
  return arrayOf(value, dtypeOf(input, schema), `${format}.${name}`);
}

/** Arrays of text are typed as such: only in a frame are texts objects. */
function dtypeOf(
  input: InputSchema['inputs'][number] | undefined,
  schema: InputSchema | undefined,
): Dtype | undefined {
  if (input === undefined) return undefined;
  if (input.dtype === undefined) throw unfeedable(`input ${input.name ?? 0}`, input.type);
  return schema?.kind === 'columns' && input.dtype === 'object' ? 'str' : input.dtype;
}

/** What a record leaves out is left out, not filled up: the lengths tell. */
function listsByName(records: readonly unknown[]): Map<string, unknown[]> {
  const byName = new Map<string, unknown[]>();
  for (let row = 0; row < records.length; row += 1) {
    const record = records[row];
    if (!isRecord(record))
      throw invalid(`instances[${row}]: expected an object, as the first one is, got ${shown(record)}`);
    for (const [name, value] of Object.entries(record)) {
      const list = byName.get(name);
      if (list === undefined) byName.set(name, [value]);
      else list.push(value);
    }
  }
  return byName;
}

/** Rows are counted by the first dimension, which must be the same for all required inputs. */
function withEqualLengths(input: ScoringInput, schema: InputSchema | undefined): ScoringInput {
  if (input.kind !== 'arrays') return input;
  const isCounted = (name: string): boolean =>
    schema?.isNamed !== true ||
    schema.inputs.some((each) => each.name === name && (!('isRequired' in each) || each.isRequired));
  const lengths = Array.from(input.byName)
    .filter(([name, { shape }]) => shape.length > 0 && isCounted(name))
    .map(([name, { shape }]) => ({ name, length: shape[0] }));
  const [first, ...others] = lengths;
  const other = others.find(({ length }) => length !== first?.length);
  if (other === undefined) return input;
  throw invalid(
    `instances: expected values of every name in each, got ${first?.length} of ${first?.name} and ${other.length} of ${other.name}`,
  );
}

/** Rows by name: each value is read as the signature says, then pandas makes columns of them. */
function frameOfRecords(records: readonly unknown[], schema: InputSchema | undefined, format: string): Frame {
  if (schema?.kind !== 'columns') {
    const expected =
      schema?.isNamed === true ? `an object with an array for each of ${namesOf(schema)}` : 'an array';
    throw invalid(
      `${format}: expected ${expected}, got ${records.length === 0 ? 'no rows' : 'a list of objects'}`,
    );
  }
  const columns: FrameColumn[] = [];
  for (const [name, cells] of cellsByName(records, format)) {
    const input = schema.inputs.find((each) => each.name === name);
    columns.push({ name, series: columnOfCells(cells, input, records, name, format) });
  }
  return { columns, rows: records.length };
}

function columnOfCells(
  cells: readonly unknown[],
  input: ColumnInput | undefined,
  records: readonly unknown[],
  name: string,
  format: string,
): Series {
  const isComplete = records.every((record) => Object.hasOwn(record as object, name));
  const dtype = input && dtypeOf(input, { kind: 'columns', isNamed: true, inputs: [input] });
  if (dtype === undefined || !isComplete) return seriesOf(cells);
  return seriesOfArray(arrayOf(cells, dtype, `${format}, column ${name}`));
}

/** A column of a frame; what has more than one dimension is a column of lists, which no signature of columns takes. */
export function seriesOfArray({ dtype, shape, values }: NdArray): Series {
  if (shape.length <= 1) return { dtype, values };
  return { dtype: 'object', values: Array.from({ length: shape[0] ?? 0 }, () => []) };
}

/** `pandas.DataFrame(arrays)`: single values stand for every row. @throws ProblemError `BODY_INVALID` when lengths differ */
export function frameOfArrays(byName: ReadonlyMap<string, NdArray>): Frame {
  const lengths = Array.from(byName.values()).flatMap(({ shape }) => shape.slice(0, 1));
  const rows = lengths[0] ?? 1;
  if (lengths.some((length) => length !== rows)) {
    const each = Array.from(byName, ([name, { shape }]) => `${name} ${shape[0] ?? 1}`);
    throw invalid(`columns must have equal lengths, got ${each.join(', ')}`);
  }
  const columns = Array.from(byName, ([name, array]) => ({
    name: name,
    series: array.shape.length === 0 ? repeated(array, rows) : seriesOfArray(array),
  }));
  return { columns, rows };
}

function repeated({ dtype, values }: NdArray, rows: number): Series {
  if (rows === 1) return { dtype, values };
  const value = dtype === 'bool' ? values[0] === 1 : values[0];
  return { dtype, values: new Array<unknown>(rows).fill(value) };
}

/** `pandas.DataFrame(array)`: columns without names. @throws ProblemError `BODY_INVALID` */
export function frameOfArray({ dtype, shape, values }: NdArray): Frame {
  const [rows = 1, width = 1, ...others] = shape;
  if (others.length > 0) throw invalid(`expected rows of values, got an array of ${shape.length} dimensions`);
  const columns = Array.from({ length: width }, (_, column) => ({
    name: column,
    series: {
      dtype,
      values: Array.from({ length: rows }, (__, row) =>
        dtype === 'bool' ? values[row * width + column] === 1 : values[row * width + column],
      ),
    },
  }));
  return { columns, rows };
}
