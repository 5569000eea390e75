/** An integer of a JSON text with all its digits, as text. */
export interface ExactInteger {
  readonly '#': string;
}

/** Shorter ones are exact as numbers. */
const MIN_DIGITS = 16;
const LITERAL = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const INTEGER = /^-?\d+$/;

/**
 * JSON.parse, but long integer literals come as {@link ExactInteger}: as numbers they would lose digits beyond 2^53. It
 * takes several times as long: only for texts that have such numbers. (From Node 22 on, a reviver gets the source text.)
 *
 * @param text that JSON.parse takes
 */
export function parseWithExactIntegers(text: string): unknown {
  const parts: string[] = [];
  let copied = 0;
  for (let at = 0; at < text.length;) {
    const char = text.charCodeAt(at);
    if (char === 0x22) at = endOfString(text, at);
    else if (char === 0x2d || isDigit(char)) {
      LITERAL.lastIndex = at;
      const literal = LITERAL.exec(text)?.[0] ?? '-';
      if (literal.length >= MIN_DIGITS && INTEGER.test(literal)) {
        parts.push(text.slice(copied, at), `{"#":"${literal}"}`);
        copied = at + literal.length;
      }
      at += literal.length;
    } else at += 1;
  }
  return JSON.parse(parts.join('') + text.slice(copied));
}

/** The digits of an {@link ExactInteger}; anything else as it is. */
export function digitsOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && '#' in value ? value['#'] : value;
}

/** The position after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === 0x5c) at += 1;
    else if (char === 0x22) return at + 1;
  }
  return text.length;
}

function isDigit(char: number): boolean {
  return char >= 0x30 && char <= 0x39;
}
