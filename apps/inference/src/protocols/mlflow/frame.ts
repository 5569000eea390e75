import { invalid } from '../../tensors/body-problem';
import { unexpected } from './unexpected';
import { allocate } from './dtype';
import type { NdArray } from './nd-array';
import { castSeries, commonDtype, type Series, seriesOf } from './series';

/** Columns without names are known by their position. */
export type ColumnName = string | number;

export interface FrameColumn {
  readonly name: ColumnName;
  readonly series: Series;
}

/** What pandas calls a DataFrame: columns of equal length. */
export interface Frame {
  readonly columns: readonly FrameColumn[];
  readonly rows: number;
}

/** `{"columns": [...], "data": [[...], ...]}` as `pandas.DataFrame(data, index, columns)` reads it. @throws ProblemError `BODY_INVALID` */
export function frameFromSplit(value: unknown): Frame {
  const place = 'dataframe_split';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unexpected(place, 'an object with data and, if they have names, columns', value);
  }
  const { columns, data, index, ...others } = value as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw invalid(
      `${place}: unknown field ${JSON.stringify(unknown.slice(0, 40))}; expected columns, data, index`,
    );
  }
  if (!Array.isArray(data)) throw unexpected(`${place}.data`, 'an array of rows', data);
  const rows = rowsFor(data, index);
  return frameOfRows(rows, columns === null ? undefined : columns, place);
}

/** Labels of rows say nothing but their number; a single row is repeated for each label. */
function rowsFor(data: readonly unknown[], index: unknown): readonly unknown[] {
  if (index === undefined || index === null) return data;
  if (Array.isArray(index) && index.length === data.length) return data;
  if (Array.isArray(index) && index.length > 1 && data.length === 1) return index.map(() => data[0]);
  throw unexpected('dataframe_split.index', `an array of ${data.length}, one for each row`, index);
}

/** `[{"a": 1}, ...]`, or rows without names, as `pandas.DataFrame(data)` reads it. @throws ProblemError `BODY_INVALID` */
export function frameFromRecords(value: unknown, place: string): Frame {
  if (!Array.isArray(value)) throw unexpected(place, 'an array of records', value);
  if (!isRecord(value[0])) return frameOfRows(value, undefined, place);
  return frameOf(cellsByName(value, place), value.length);
}

/** A column for every name that occurs; what a record leaves out is missing, as NaN. */
export function cellsByName(records: readonly unknown[], place: string): Map<string, unknown[]> {
  const byName = new Map<string, unknown[]>();
  for (let row = 0; row < records.length; row += 1) {
    const record = records[row];
    if (!isRecord(record)) throw unexpected(`${place}[${row}]`, 'an object, as the first one is', record);
    for (const [name, cell] of Object.entries(record)) {
      let cells = byName.get(name);
      if (cells === undefined) {
        cells = new Array<unknown>(records.length).fill(NaN);
        byName.set(name, cells);
      }
      cells[row] = cell;
    }
  }
  return byName;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  // Numbers of their own kind are objects of a class.
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

export function frameOf(cells: ReadonlyMap<ColumnName, readonly unknown[]>, rows: number): Frame {
  return { columns: Array.from(cells, ([name, values]) => ({ name, series: seriesOf(values) })), rows };
}

function frameOfRows(data: readonly unknown[], columns: unknown, place: string): Frame {
  const isTable = Array.isArray(data[0]);
  let width = data.length === 0 ? 0 : 1;
  for (let row = 0; isTable && row < data.length; row += 1) {
    const cells = data[row];
    if (!Array.isArray(cells))
      throw unexpected(`${place}, row ${row}`, 'an array, as the first one is', cells);
    if (cells.length > width || row === 0) width = cells.length;
  }
  if (isRecord(data[0])) throw unexpected(`${place}, row 0`, 'an array of values', data[0]);
  const names = namesOf(columns, width, data.length, place);
  return {
    columns: names.map((name, index) => ({ name, series: seriesOf(columnOf(data, index, isTable)) })),
    rows: data.length,
  };
}

/** Rows that are too short end in missing values. */
function columnOf(data: readonly unknown[], index: number, isTable: boolean): readonly unknown[] {
  if (!isTable) return data;
  const cells = new Array<unknown>(data.length);
  for (let row = 0; row < cells.length; row += 1) {
    const own = data[row] as readonly unknown[];
    cells[row] = index < own.length ? own[index] : null;
  }
  return cells;
}

function namesOf(columns: unknown, width: number, rows: number, place: string): ColumnName[] {
  if (columns === undefined) return Array.from({ length: width }, (_, index) => index);
  const isNames =
    Array.isArray(columns) && columns.every((name) => typeof name === 'string' || typeof name === 'number');
  if (!isNames) throw unexpected(`${place}.columns`, 'an array of names', columns);
  if (rows > 0 && columns.length !== width) {
    throw invalid(`${place}: ${columns.length} columns are named, the rows of data have ${width}`);
  }
  return columns;
}

/** The column of this name. @throws ProblemError `BODY_INVALID` when there are several */
export function findColumn({ columns }: Frame, name: ColumnName): FrameColumn | undefined {
  const found = columns.filter((column) => column.name === name);
  if (found.length > 1)
    throw invalid(`column ${JSON.stringify(name)}: expected it once, got it ${found.length} times`);
  return found[0];
}

/** `DataFrame.values`: one array of rows × columns, of the type that holds all columns. */
export function arrayOfFrame({ columns, rows }: Frame): NdArray {
  const width = columns.length;
  const dtype = commonDtype(columns.map(({ series }) => series.dtype));
  const values = allocate(dtype, rows * width);
  columns.forEach(({ series }, column) => {
    const own = castSeries(textAsObject(series), dtype, 'column').values;
    for (let row = 0; row < rows; row += 1) values[row * width + column] = own[row];
  });
  return { dtype, shape: [rows, width], values };
}

/** Texts are objects outside of a series: missing ones become NaN. */
export function textAsObject(series: Series): Series {
  if (series.dtype !== 'str') return series;
  const values = Array.from(series.values as ArrayLike<unknown>, (value) => (value === null ? NaN : value));
  return { dtype: 'object', values };
}
