import { type Dtype, isNumeric, kindOf, widthOf } from './dtype';
import { type ColumnName, findColumn, type Frame, type FrameColumn } from './frame';
import type { ColumnInput, InputSchema } from './input-schema';
import { unfeedable } from './cast-frame';
import { castSeries, type Series, seriesOf } from './series';
import { violation } from './signature-violation';

export type ColumnSchema = Extract<InputSchema, { kind: 'columns' }>;

/**
 * The columns the signature names, in its order (mlflow/models/utils.py, `_enforce_schema`): others are left out, missing
 * ones refused, types widened where no value changes.
 *
 * @throws ProblemError `BODY_INVALID`
 */
export function enforceColumns(frame: Frame, schema: ColumnSchema): Frame {
  const columns = schema.isNamed ? namedColumns(frame, schema) : firstColumns(frame, schema);
  return { columns, rows: frame.rows };
}

function namedColumns(frame: Frame, { inputs }: ColumnSchema): FrameColumn[] {
  const missing = inputs.filter(
    ({ name, isRequired }) => isRequired && !frame.columns.some((column) => column.name === name),
  );
  if (missing.length > 0) {
    throw violation(
      `the model is missing the columns ${listed(missing.map(({ name }) => name as ColumnName))}; expected ${listed(inputs.map(({ name }) => name as ColumnName))}, got ${listed(frame.columns.map(({ name }) => name))}`,
    );
  }
  return inputs.flatMap((input) => {
    const column = findColumn(frame, input.name ?? '');
    return column === undefined ? [] : { name: column.name, series: enforceType(column, input) };
  });
}

function firstColumns({ columns }: Frame, { inputs }: ColumnSchema): FrameColumn[] {
  if (columns.length < inputs.length) {
    throw violation(`the model takes ${inputs.length} columns, got ${columns.length}`);
  }
  return inputs.map((input, index) => {
    const column = columns[index] as FrameColumn;
    return { name: column.name, series: enforceType(column, input) };
  });
}

/** `_enforce_mlflow_datatype`. */
function enforceType({ name, series }: FrameColumn, { dtype: to, type }: ColumnInput): Series {
  if (to === undefined) throw unfeedable(`column ${name}`, type);
  const isText = to === 'object';
  if (isText && kindOf(series.dtype) === 'U') return series;
  const own = series.dtype === 'object' && !isText ? inferred(series) : series;
  if (own.dtype === to || (to === 'bool' && own.dtype === 'object')) return own;
  if (isUpcast(own.dtype, to) || isTrivial(own, to)) return castSeries(own, to, `column ${name}`);
  throw violation(
    `column ${name}: expected ${type}, got ${own.dtype}, which cannot be converted without changing values`,
  );
}

function inferred({ values }: Series): Series {
  return seriesOf(Array.from(values as ArrayLike<unknown>));
}

function isUpcast(from: Dtype, to: Dtype): boolean {
  const [a, b] = [kindOf(from), kindOf(to)];
  if (a === b) return widthOf(from) <= widthOf(to);
  if (a === 'u' && b === 'i') return widthOf(from) < widthOf(to);
  return (a === 'i' || a === 'u') && to === 'float64' && widthOf(from) <= 6;
}

/** Integers become floats when they are but zeros and ones. */
function isTrivial({ dtype, values }: Series, to: Dtype): boolean {
  if (dtype !== 'int64' || !isNumeric(to) || kindOf(to) !== 'f') return false;
  return Array.from(values as ArrayLike<number | bigint>).every((value) => value == 0 || value == 1);
}

function listed(names: readonly ColumnName[]): string {
  if (names.length === 0) return 'none';
  const shown = names
    .slice(0, 20)
    .map((name) => JSON.stringify(typeof name === 'string' ? name.slice(0, 40) : name));
  return names.length > 20 ? `${shown.join(', ')} and ${names.length - 20} more` : shown.join(', ');
}
