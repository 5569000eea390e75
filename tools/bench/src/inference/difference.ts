/** Runtimes of different releases round differently in the last bits of a float. */
const TOLERANCE = 1e-5;

/** Where two JSON values differ, or undefined when they are equal (numbers within float tolerance). */
export function differenceOf(expected: unknown, got: unknown, place = 'answer'): string | undefined {
  if (typeof expected === 'number' && typeof got === 'number') {
    const isClose = Math.abs(expected - got) <= TOLERANCE * Math.max(1, Math.abs(expected));
    return isClose ? undefined : `${place}: expected ${expected}, got ${got}`;
  }
  if (!isObject(expected) || !isObject(got))
    return expected === got ? undefined : `${place}: expected ${shown(expected)}, got ${shown(got)}`;
  const keys = new Set([...Object.keys(expected), ...Object.keys(got)]);
  for (const key of keys) {
    const difference = differenceOf(expected[key], got[key], `${place}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80);
}
