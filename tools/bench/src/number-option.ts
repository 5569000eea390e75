/**
 * The number an option was given.
 *
 * @throws Error naming the option and what it takes
 */
export function numberOf(
  option: string,
  text: string,
  { from, to, isFraction = false }: { from: number; to: number; isFraction?: boolean },
): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= from && value <= to && (isFraction || Number.isInteger(value))) return value;
  const kind = isFraction ? 'a number' : 'a whole number';
  throw new Error(`${option} is "${text}". Expected ${kind} from ${from} to ${to}`);
}
