import { ELEMENT_CODECS } from '../../tensors/element-codec';
import { floatOf, integerOf, textOf, truthOf } from './python-number';

/** Element types as NumPy has them for what JSON and CSV can say; `object` is any mixture. */
export type Dtype =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float32'
  | 'float64'
  | 'str'
  | 'object';

/** Values of one {@link Dtype}: typed for numbers, bool as 0 and 1, texts for `str`, anything for `object`. */
export type Values = { [index: number]: unknown; readonly length: number };

/** What to do with an integer that the type has no room for: NumPy raises when it reads, and wraps when it casts. */
export type Overflow = 'refused' | 'wrapped';

export function isDtype(name: string): name is Dtype {
  return name === 'str' || name === 'object' || Object.hasOwn(WIDTHS, name);
}

const WIDTHS: Readonly<Record<Exclude<Dtype, 'str' | 'object'>, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  float32: 4,
  float64: 8,
};

/** Bytes of an element; 0 for text and mixtures. */
export function widthOf(dtype: Dtype): number {
  return dtype === 'str' || dtype === 'object' ? 0 : WIDTHS[dtype];
}

/** NumPy's letter: b(ool), i(nteger), u(nsigned), f(loat), U (text), O(bject). */
export function kindOf(dtype: Dtype): 'b' | 'i' | 'u' | 'f' | 'U' | 'O' {
  if (dtype === 'str') return 'U';
  if (dtype === 'object') return 'O';
  return dtype.charAt(0) as 'b' | 'i' | 'u' | 'f';
}

export function isNumeric(dtype: Dtype): boolean {
  return 'iuf'.includes(kindOf(dtype));
}

export function allocate(dtype: Dtype, length: number): Values {
  if (dtype === 'str' || dtype === 'object') return new Array<unknown>(length);
  return ELEMENT_CODECS[dtype].allocate(length);
}

/** Writes one element as `dtype`; false where NumPy raises, and where it would make up a number. */
export function write(
  dtype: Dtype,
  values: Values,
  index: number,
  value: unknown,
  overflow: Overflow,
): boolean {
  const element = elementOf(dtype, value, overflow);
  if (element === undefined) return false;
  values[index] = element;
  return true;
}

function elementOf(dtype: Dtype, value: unknown, overflow: Overflow): unknown {
  switch (dtype) {
    case 'object':
      return value;
    case 'str':
      return textOf(value);
    case 'bool':
      return truthOf(value) ? 1 : 0;
    case 'float32':
    case 'float64':
      return floatOf(value);
    default:
      return wholeOf(dtype, value, overflow);
  }
}

type IntegerDtype = Exclude<Dtype, 'object' | 'str' | 'bool' | 'float32' | 'float64'>;

function wholeOf(dtype: IntegerDtype, value: unknown, overflow: Overflow): number | bigint | undefined {
  const whole = integerOf(value);
  if (whole === undefined) return undefined;
  const bits = 8 * WIDTHS[dtype];
  const isSigned = dtype.startsWith('i');
  if (bits < 64 && typeof whole === 'number') {
    const least = isSigned ? -(2 ** (bits - 1)) : 0;
    if (whole >= least && whole < least + 2 ** bits) return whole;
  }
  const exact = BigInt(whole);
  const fitting = isSigned ? BigInt.asIntN(bits, exact) : BigInt.asUintN(bits, exact);
  // What casts of floats beyond the range give depends on the machine.
  const isFloat = typeof whole === 'number' && !Number.isSafeInteger(whole);
  if (fitting !== exact && (overflow === 'refused' || isFloat)) return undefined;
  return bits === 64 ? fitting : Number(fitting);
}
