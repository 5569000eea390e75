/** What is wrong with the nesting or the keys of a JSON text. */
export interface JsonFault {
  /** Appears twice in one object, escapes resolved; undefined: nested too deeply. */
  readonly duplicateKey: string | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Finds a key that one object has twice, at any depth. Parsers differ in which of two values they keep, so such a text
 * means different things to different readers. `JSON.parse` keeps the last one without a word; no parser at hand tells.
 *
 * @param text valid JSON
 */
export function findJsonFault(text: string, maxDepth: number): JsonFault | undefined {
  /** Keys seen in each open object; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let isKeyNext = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (isKeyNext && keys) {
        const key = keyAt(text, at, end);
        if (keys.has(key)) return { duplicateKey: key };
        keys.add(key);
        isKeyNext = false;
      }
      at = end;
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      if (open.length === maxDepth) return { duplicateKey: undefined };
      isKeyNext = code === OPEN_OBJECT;
      open.push(isKeyNext ? new Set() : undefined);
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      open.pop();
      isKeyNext = false;
    } else if (code === COMMA) isKeyNext = open.at(-1) !== undefined;
  }
  return undefined;
}

/** Index of the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

function keyAt(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end);
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
}
