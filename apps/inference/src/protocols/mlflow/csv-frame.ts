import { invalid } from '../../tensors/body-problem';
import { unfeedable } from './cast-frame';
import { csvRows } from './csv';
import type { Dtype } from './dtype';
import type { ColumnName, Frame, FrameColumn } from './frame';
import type { InputSchema } from './input-schema';
import { misfit } from './nd-array';
import { castSeries, type Series } from './series';

/** What pandas takes for a missing value. */
const MISSING: ReadonlySet<string> = new Set(
  ' #N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null'
    .trim()
    .split('|')
    .concat(''),
);
const WHOLE = /^ *[+-]?\d+ *$/;
const FLOAT = /^ *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *$/;
const INFINITE = /^([+-]?)inf(inity)?$/i;
const TRUE: ReadonlySet<string> = new Set(['True', 'TRUE', 'true']);
const FALSE: ReadonlySet<string> = new Set(['False', 'FALSE', 'false']);

/**
 * The frame `pandas.read_csv` reads: the first row names the columns, the signature says their types, and columns it does
 * not name are what all their cells are.
 *
 * @throws ProblemError `BODY_INVALID` where pandas raises
 */
export function frameFromCsv(text: string, schema: InputSchema | undefined): Frame {
  if (schema?.kind === 'tensors') {
    // MLflow gives types to the columns of CSV by name, which a signature of tensors does not have.
    throw invalid(
      'CSV: the signature of the model has tensors, not columns: send JSON with "inputs" or "dataframe_split"',
    );
  }
  const [header, ...lines] = csvRows(text);
  if (header === undefined) throw invalid('CSV: expected a row of column names, got nothing');
  const names = namesOf(header);
  const extra = extraColumns(lines, names.length);
  const columns = names.map((name, index): FrameColumn => {
    const cells = lines.map((line) => line[index + extra] ?? '');
    return { name, series: columnOf(cells, dtypeFor(name, index, schema), `CSV column ${name}`) };
  });
  return { columns, rows: lines.length };
}

/** Names must tell columns apart: the second `a` is `a.1`. */
function namesOf(header: readonly string[]): ColumnName[] {
  const names: string[] = [];
  header.forEach((cell, index) => {
    const own = cell === '' ? `Unnamed: ${index}` : cell;
    let name = own;
    for (let count = 1; names.includes(name); count += 1) name = `${own}.${count}`;
    names.push(name);
  });
  return names;
}

/** Rows that are longer than the header begin with labels, if the first one does. */
function extraColumns(lines: readonly (readonly string[])[], width: number): number {
  const extra = Math.max(0, (lines[0]?.length ?? 0) - width);
  const odd = lines.findIndex((line) => line.length > width + extra);
  if (odd < 0) return extra;
  throw invalid(`CSV: expected ${width + extra} fields in row ${odd + 1}, got ${lines[odd]?.length}`);
}

function dtypeFor(name: ColumnName, index: number, schema: InputSchema | undefined): Dtype | undefined {
  if (schema === undefined) return undefined;
  const odd = schema.inputs.find(({ dtype }) => dtype === undefined);
  if (odd !== undefined) throw unfeedable(`column ${odd.name ?? ''}`, odd.type);
  const { inputs, isNamed } = schema;
  return (isNamed ? inputs.find((input) => input.name === name) : inputs[index])?.dtype;
}

function columnOf(cells: readonly string[], dtype: Dtype | undefined, place: string): Series {
  if (dtype === undefined) return guessed(cells);
  if (dtype === 'object') return { dtype, values: cells.map((cell) => (MISSING.has(cell) ? NaN : cell)) };
  // A column of nothing but true and false is one of ones and zeros where numbers are wanted.
  const own = cells.every(isBool) ? 'bool' : dtype;
  const values = cells.map((cell, row) => {
    const value = valueAs(own, cell);
    if (value === undefined) throw misfit(`${place}, row ${row}`, dtype, cell);
    return value;
  });
  return castSeries({ dtype: 'object', values }, dtype, place);
}

/** undefined when the text is no value of this type: read strictly, not converted. */
function valueAs(dtype: Dtype, cell: string): unknown {
  if (dtype === 'bool') return TRUE.has(cell) ? true : FALSE.has(cell) ? false : undefined;
  if (dtype === 'float32' || dtype === 'float64') return MISSING.has(cell) ? NaN : floatIn(cell);
  // Whole floats are taken as well.
  const float = floatIn(cell);
  return wholeIn(cell) ?? (Number.isSafeInteger(float) ? float : undefined);
}

/** Only what all cells are: whole numbers, numbers, true and false, or else texts. */
function guessed(cells: readonly string[]): Series {
  const isGiven = (cell: string): boolean => !MISSING.has(cell);
  if (cells.length > 0 && cells.every((cell) => WHOLE.test(cell))) {
    const values = cells.map((cell) => wholeIn(cell));
    const least = values.some((value) => (value as number) < 0);
    const isLarge = values.some((value) => value === undefined || value >= 2n ** 63n);
    if (!isLarge) return { dtype: 'int64', values };
    if (!least && values.every((value) => value !== undefined && value < 2n ** 64n))
      return { dtype: 'uint64', values };
  }
  if (cells.length > 0 && cells.every((cell) => !isGiven(cell) || floatIn(cell) !== undefined)) {
    return { dtype: 'float64', values: cells.map((cell) => (isGiven(cell) ? floatIn(cell) : NaN)) };
  }
  if (cells.some(isBool) && cells.every((cell) => !isGiven(cell) || isBool(cell))) {
    const values = cells.map((cell) => (isGiven(cell) ? TRUE.has(cell) : NaN));
    return { dtype: cells.every(isGiven) ? 'bool' : 'object', values };
  }
  return {
    dtype: cells.length === 0 ? 'object' : 'str',
    values: cells.map((cell) => (isGiven(cell) ? cell : null)),
  };
}

function isBool(cell: string): boolean {
  return TRUE.has(cell) || FALSE.has(cell);
}

function wholeIn(cell: string): number | bigint | undefined {
  if (!WHOLE.test(cell)) return undefined;
  const number = Number(cell);
  if (Number.isSafeInteger(number)) return number;
  const exact = BigInt(cell.trim().replace('+', ''));
  return exact >= -(2n ** 63n) && exact < 2n ** 64n ? exact : undefined;
}

function floatIn(cell: string): number | undefined {
  if (FLOAT.test(cell)) return Number(cell);
  const sign = INFINITE.exec(cell)?.[1];
  return sign === undefined ? undefined : sign === '-' ? -Infinity : Infinity;
}
