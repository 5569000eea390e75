import { WholeFloat } from './python-number';

/** Deeper nesting than any tensor has; Python gives up at about 1000. */
const MAX_DEPTH = 200;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS: readonly (readonly [word: string, value: unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
];

/** Texts whose numbers Python may read differently: long integers, and floats without a fraction. */
const MAY_DIFFER = /(?<![\d.])\d{16}|\d\.0*(?!\d)|\d[eE]/;

/** Whether {@link parsePythonJson} may give something else than JSON.parse, for a text that both take. */
export function mayDiffer(text: string): boolean {
  return MAY_DIFFER.test(text);
}

/**
 * What Python's `json.loads` reads: NaN and Infinity, which JSON has not, all digits of integers (as bigint beyond 2^53),
 * and whole floats apart from integers ({@link WholeFloat}). It takes several times as long as JSON.parse.
 *
 * @throws SyntaxError when it is no such text
 */
export function parsePythonJson(text: string): unknown {
  return new Parser(text).document();
}

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): unknown {
    const value = this.value(0);
    this.skipSpace();
    if (this.at < this.text.length) throw this.unexpected();
    return value;
  }

  private value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new SyntaxError(`nested deeper than ${MAX_DEPTH} levels`);
    this.skipSpace();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      default:
        return this.wordOrNumber();
    }
  }

  private array(depth: number): unknown[] {
    const items: unknown[] = [];
    this.at += 1;
    if (this.takes(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.takes(','));
    this.expect(']');
    return items;
  }

  private object(depth: number): object {
    const fields: [string, unknown][] = [];
    this.at += 1;
    if (this.takes('}')) return {};
    do {
      this.skipSpace();
      const name = this.string();
      this.expect(':');
      fields.push([name, this.value(depth + 1)]);
    } while (this.takes(','));
    this.expect('}');
    return Object.fromEntries(fields);
  }

  private string(): string {
    const { text, at: start } = this;
    if (text[start] !== '"') throw this.unexpected();
    let end = start + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    this.at = end + 1;
    return JSON.parse(text.slice(start, end + 1)) as string;
  }

  private wordOrNumber(): unknown {
    const found = WORDS.find(([word]) => this.text.startsWith(word, this.at));
    if (found === undefined) return this.number();
    this.at += found[0].length;
    return found[1];
  }

  private number(): unknown {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (found === null) throw this.unexpected();
    const [literal, fraction, exponent] = found;
    this.at += literal.length;
    const number = Number(literal);
    if (fraction !== undefined || exponent !== undefined) {
      return Number.isInteger(number) ? new WholeFloat(number) : number;
    }
    return Number.isSafeInteger(number) ? number : BigInt(literal);
  }

  private takes(char: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  private expect(char: string): void {
    if (!this.takes(char)) throw this.unexpected();
  }

  private skipSpace(): void {
    SPACE.lastIndex = this.at;
    this.at += SPACE.exec(this.text)?.[0].length ?? 0;
  }

  private unexpected(): SyntaxError {
    const char = this.text[this.at];
    return new SyntaxError(
      char === undefined ? 'it ends too early' : `unexpected ${JSON.stringify(char)} at position ${this.at}`,
    );
  }
}
