/** Deeper JSON is refused: recursion over it (here, in zod, in JSON.stringify) must stay harmless. */
const MAX_DEPTH = 32;

const UNSTORABLE_TEXT = /[\0\p{Surrogate}]/u;

/**
 * Why `value` (from JSON.parse) cannot be stored as it is, or undefined. Text of PostgreSQL cannot hold U+0000 or half a
 * surrogate pair; a number like 1e999 would become null; a `__proto__` key would change the prototype of a copy.
 */
export function unstorableReason(value: unknown): string | undefined {
  const found = search(value, 0);
  return found && `${found.reason} (at ${found.path === '' ? 'the event itself' : found.path.slice(1)})`;
}

interface Finding {
  readonly reason: string;
  readonly path: string;
}

function search(value: unknown, depth: number): Finding | undefined {
  if (typeof value === 'string') return textProblem(value);
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? undefined
      : { reason: 'number_out_of_range: expected a finite 64-bit number', path: '' };
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === MAX_DEPTH)
    return { reason: `too_deep: expected at most ${MAX_DEPTH} levels of nesting`, path: '' };
  return Array.isArray(value) ? searchItems(value, depth) : searchFields(value, depth);
}

/** Without a pair for each item: outputs are mostly arrays of numbers, and tens of thousands of events a second pass. */
function searchItems(items: readonly unknown[], depth: number): Finding | undefined {
  for (let index = 0; index < items.length; index += 1) {
    const finding = search(items[index], depth + 1);
    if (finding) return below(String(index), finding);
  }
  return undefined;
}

function searchFields(fields: object, depth: number): Finding | undefined {
  for (const key of Object.keys(fields)) {
    const finding = keyProblem(key) ?? search((fields as Record<string, unknown>)[key], depth + 1);
    if (finding) return below(key, finding);
  }
  return undefined;
}

function below(key: string, { reason, path }: Finding): Finding {
  return { reason, path: `.${key}${path}` };
}

function keyProblem(key: string): Finding | undefined {
  return key === '__proto__'
    ? { reason: 'forbidden_key: __proto__ is not accepted', path: '' }
    : textProblem(key);
}

function textProblem(text: string): Finding | undefined {
  return UNSTORABLE_TEXT.test(text)
    ? { reason: 'text_invalid: U+0000 and lone surrogates cannot be stored', path: '' }
    : undefined;
}
