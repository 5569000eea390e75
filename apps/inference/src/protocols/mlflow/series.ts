import { invalid } from '../../tensors/body-problem';
import { allocate, type Dtype, kindOf, type Values, widthOf, write } from './dtype';
import { misfit } from './nd-array';
import { floatOf, textOf, WholeFloat } from './python-number';

/**
 * What pandas calls a Series: a column of a frame. Its values are typed, or still as they came: numbers are written only
 * once, as what the model takes. In `str` and `object`, null and NaN are missing values.
 */
export interface Series {
  readonly dtype: Dtype;
  readonly values: Values;
}

/** The column pandas makes of cells (`lib.maybe_convert_objects`): integers with gaps are floats, mixtures are objects. */
export function seriesOf(cells: readonly unknown[]): Series {
  const seen = { bool: false, integer: false, float: false, text: false, none: false, nan: false };
  let least = 0n;
  let most = 0n;
  for (const cell of cells) {
    if (typeof cell === 'number') {
      if (Number.isInteger(cell)) seen.integer = true;
      else if (Number.isNaN(cell)) seen.nan = true;
      else seen.float = true;
    } else if (typeof cell === 'string') seen.text = true;
    else if (cell === null) seen.none = true;
    else if (typeof cell === 'boolean') seen.bool = true;
    else if (cell instanceof WholeFloat) seen.float = true;
    else if (typeof cell === 'bigint') {
      seen.integer = true;
      if (cell < least) least = cell;
      if (cell > most) most = cell;
    } else return { dtype: 'object', values: cells };
  }
  const isNumber = seen.integer || seen.float || seen.nan;
  let dtype: Dtype = 'object';
  if (seen.text) dtype = seen.bool || seen.integer || seen.float ? 'object' : 'str';
  else if (seen.bool) dtype = isNumber || seen.none ? 'object' : 'bool';
  else if (seen.integer && !seen.float && !seen.nan && !seen.none) dtype = wholeDtype(cells, least, most);
  else if (isNumber) dtype = most >= 2n ** 64n || least < -(2n ** 63n) ? 'object' : 'float64';
  return { dtype, values: cells };
}

function wholeDtype(cells: readonly unknown[], least: bigint, most: bigint): Dtype {
  if (most < 2n ** 63n) return least < -(2n ** 63n) ? 'object' : 'int64';
  const isNegative = cells.some((cell) => (cell as number | bigint) < 0);
  return most >= 2n ** 64n || isNegative ? 'object' : 'uint64';
}

/** `series.astype(dtype)`, its values typed. @throws ProblemError `BODY_INVALID` where pandas raises */
export function castSeries({ dtype: from, values }: Series, dtype: Dtype, place: string): Series {
  if (from === dtype && (ArrayBuffer.isView(values) || widthOf(dtype) === 0)) return { dtype, values };
  const cast = allocate(dtype, values.length);
  // A cast of typed integers wraps them; one of Python's integers refuses what is too large.
  const overflow = from === 'object' ? 'refused' : 'wrapped';
  const isToFloat = dtype === 'float32' || dtype === 'float64';
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (isToFloat && typeof value === 'number') cast[index] = value;
    else if (!write(dtype, cast, index, elementOf(value, from, dtype), overflow)) {
      throw misfit(`${place}, row ${index}`, dtype, value);
    }
  }
  return { dtype, values: cast };
}

/** An element of a series by itself: what an integer of a float column becomes depends on its column. */
function elementOf(value: unknown, from: Dtype, to: Dtype): unknown {
  if (from === 'bool') return value === 1 || value === true;
  if (from === 'str') return value === null && to === 'bool' ? true : value;
  if ((to === 'str' || to === 'object') && kindOf(from) === 'f') {
    const float = floatOf(value) ?? NaN;
    return Number.isInteger(float) ? new WholeFloat(float) : float;
  }
  return from !== 'object' && value === null ? NaN : value;
}

/** The values of a column as texts, as onnxruntime takes them: Python's `str` of each. */
export function textsOf({ dtype, values }: Series): (string | undefined)[] {
  if (dtype !== 'object' && dtype !== 'str') {
    return Array.from(castSeries({ dtype, values }, 'str', '').values as ArrayLike<string>);
  }
  return Array.from(values as ArrayLike<unknown>, (value) =>
    dtype === 'str' && value === null ? 'nan' : textOf(value),
  );
}

/** The type of an array that holds columns of these types (`find_common_type`): numbers widen, all else is a mixture. */
export function commonDtype(dtypes: readonly Dtype[]): Dtype {
  const [first = 'object', ...others] = new Set(dtypes);
  if (others.length === 0) return first === 'str' ? 'object' : first;
  return others.reduce(wider, first);
}

function wider(a: Dtype, b: Dtype): Dtype {
  if (a === b) return a;
  const kinds = new Set([kindOf(a), kindOf(b)]);
  if (kinds.has('O') || kinds.has('U') || kinds.has('b')) return 'object';
  const width = Math.max(widthOf(a), widthOf(b));
  if (kinds.size === 1) return widthOf(a) === width ? a : b;
  if (kinds.has('f')) {
    const [float, integer] = kindOf(a) === 'f' ? [a, b] : [b, a];
    return float === 'float64' || widthOf(integer) > 2 ? 'float64' : 'float32';
  }
  const [signed, unsigned] = kindOf(a) === 'i' ? [a, b] : [b, a];
  const needed = 2 * widthOf(unsigned);
  if (needed > 8) return 'float64';
  return `int${8 * Math.max(needed, widthOf(signed))}` as Dtype;
}

/** Refuses lists and objects where text is wanted. @throws ProblemError `BODY_INVALID` */
export function requireTexts(texts: readonly (string | undefined)[], place: string): string[] {
  const odd = texts.indexOf(undefined);
  if (odd >= 0) throw invalid(`${place}, row ${odd}: expected text, got a list or an object`);
  return texts as string[];
}
