/** A whole number that the caller wrote as a float (`1.0`, `1e3`): Python keeps the two apart, JavaScript does not. */
export class WholeFloat {
  constructor(readonly value: number) {}
}

/** What Python's `float(value)` gives, and NaN for None as NumPy has it; undefined where it raises. */
export function floatOf(value: unknown): number | undefined {
  switch (typeof value) {
    case 'number':
      return value;
    case 'bigint':
    case 'boolean':
      return Number(value);
    case 'string':
      return floatInText(value);
    default:
      if (value === null) return NaN;
      return value instanceof WholeFloat ? value.value : undefined;
  }
}

/** What Python's `int(value)` gives, the fraction cut off; undefined where it raises. */
export function integerOf(value: unknown): number | bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string') {
    const digits = value.trim().replace(/(?<=\d)_(?=\d)/g, '');
    return /^[+-]?\d{1,400}$/.test(digits) ? BigInt(digits.replace('+', '')) : undefined;
  }
  const number = value === null ? undefined : floatOf(value);
  return number === undefined || !Number.isFinite(number) ? undefined : Math.trunc(number);
}

/** What Python's `str(value)` gives; undefined for lists and objects, which no model takes as text. */
export function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value ? 'True' : 'False';
    case 'bigint':
      return value.toString();
    case 'number':
      return Number.isInteger(value) ? BigInt(value).toString() : floatText(value);
    default:
      if (value === null) return 'None';
      return value instanceof WholeFloat ? floatText(value.value) : undefined;
  }
}

/** Python's `bool(value)`. */
export function truthOf(value: unknown): boolean {
  if (value instanceof WholeFloat) return value.value !== 0;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'number' ? value !== 0 : Boolean(value);
}

/** As Python writes a float: with a fraction, and with an exponent from 1e16 on and below 1e-4. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value !== 0 && (power >= 16 || power < -4)) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}

/** Python reads "nan", "inf" and "1_000" as floats, but nothing hexadecimal. */
function floatInText(text: string): number | undefined {
  const trimmed = text.trim().replace(/(?<=\d)_(?=\d)/g, '');
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed);
  if (/^[+-]?nan$/i.test(trimmed)) return NaN;
  if (/^[+-]?inf(inity)?$/i.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
  return undefined;
}
