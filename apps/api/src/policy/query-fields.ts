import { ProblemError } from '@tidegate/schemas';

/** Decoded fields of a query in their order; a name may come several times. */
export type QueryFields = readonly (readonly [name: string, value: string])[];

/**
 * Decodes a query as Flask does: `&` separates, `+` is a space, escapes are UTF-8. What Flask would mend silently is
 * refused: characters that must be escaped, broken escapes, bytes that are not UTF-8, NUL.
 *
 * @param query as it came, without the question mark
 * @throws ProblemError VALUE_REFUSED
 */
export function queryFields(query: string): QueryFields {
  if (query === '') return [];
  if (/[^!-~]|#/.test(query)) throw refused('may only hold printable ASCII; escape the rest');
  return query
    .split('&')
    .filter((field) => field !== '')
    .map((field) => {
      const at = field.indexOf('=');
      return at < 0 ? [decode(field), ''] : [decode(field.slice(0, at)), decode(field.slice(at + 1))];
    });
}

function decode(text: string): string {
  if (!/[%+]/.test(text)) return text;
  const decoded = decodeUtf8(text.replaceAll('+', ' '));
  if (decoded.includes('\0')) throw refused('may not hold NUL');
  return decoded;
}

function decodeUtf8(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw refused('must be percent-encoded UTF-8', error);
  }
}

function refused(expected: string, cause?: unknown): ProblemError {
  return new ProblemError('VALUE_REFUSED', { detail: `The query ${expected}`, cause });
}
