export interface FuzzedRequest {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

type Mutation = (body: Buffer) => Buffer;

/** What parsers stumble over. */
const TOKENS = [
  ...['null', 'true', '""', '[]', '{}', '-0', '1e999', '-1e-999', '0x1', 'NaN', 'Infinity', '01', '1.', '.5'],
  ...['9007199254740993', '-9223372036854775809', '1e308', '3.5e38', '2147483648', '1'.repeat(400)],
  ...[
    '"\\ud800"',
    '"\\u0000"',
    '"\\x"',
    '\0',
    '\uFEFF',
    '\u2028',
    '\\',
    '"',
    "'",
    '/*',
    ',',
    ',,',
    ':',
    '[',
    ']',
    '{',
    '}',
  ],
  ...[
    '"__proto__":',
    '"constructor":{"prototype":1},',
    '"instances":',
    '"inputs":[],',
    '"id":1,',
    '"model":"",',
    '"shape":[-1],',
  ],
  ...[
    '[['.repeat(500),
    '{"a":'.repeat(500),
    '"datatype":"BYTES",',
    '"data":null,',
    '"parameters":{"binary_data_size":9e15},',
  ],
].map((text) => Buffer.from(text));
const CONTENT_TYPES = [
  'application/json; charset=utf-8',
  'text/plain',
  'application/octet-stream',
  'text/csv',
  ';',
  'a'.repeat(2000),
];

/** Endless wrong requests made from right ones; the same ones for the same seed. */
export class BodyMutator {
  private state: number;

  constructor(
    private readonly good: readonly FuzzedRequest[],
    seed: number,
  ) {
    this.state = seed;
  }

  next(): FuzzedRequest {
    const { body, headers } = this.pick(this.good);
    let mutated = body;
    for (let count = this.below(3); count >= 0; count -= 1) mutated = this.pick(this.mutations)(mutated);
    return { body: mutated, headers: this.mutatedHeaders(headers) };
  }

  private readonly mutations: readonly Mutation[] = [
    (body) => this.splice(body, 1, Buffer.from([this.below(256)])),
    (body) => this.splice(body, 0, Buffer.from([this.below(256)])),
    (body) => this.splice(body, this.below(40), Buffer.alloc(0)),
    (body) => this.splice(body, 0, this.pick(TOKENS)),
    (body) => this.splice(body, this.below(4), this.pick(TOKENS)),
    (body) => body.subarray(0, this.below(body.length)),
    (body) => this.splice(body, 0, this.rangeOf(body)),
    (body) => this.splice(body, this.below(40), this.rangeOf(this.pick(this.good).body)),
    (body) => this.replaceNumber(body),
    (body) => this.replaceNumber(body),
    (body) => this.replaceText(body),
  ];

  /** In the place of one of the numbers another one, or something else: the rest stays well-formed. */
  private replaceNumber(body: Buffer): Buffer {
    return this.replaceOne(body, /-?\d+(?:\.\d+)?/g);
  }

  private replaceText(body: Buffer): Buffer {
    return this.replaceOne(body, /"[^"]*"/g);
  }

  private replaceOne(body: Buffer, pattern: RegExp): Buffer {
    const found = [...body.toString('latin1').matchAll(pattern)];
    if (found.length === 0) return body;
    const { index, 0: text } = this.pick(found);
    return Buffer.concat([body.subarray(0, index), this.pick(TOKENS), body.subarray(index + text.length)]);
  }

  private splice(body: Buffer, removed: number, added: Buffer): Buffer {
    const at = this.below(body.length + 1);
    return Buffer.concat([body.subarray(0, at), added, body.subarray(at + removed)]);
  }

  private rangeOf(body: Buffer): Buffer {
    const start = this.below(body.length + 1);
    return body.subarray(start, start + this.below(200));
  }

  private mutatedHeaders(headers: FuzzedRequest['headers']): FuzzedRequest['headers'] {
    const chance = this.below(40);
    if (chance === 0) return { ...headers, 'content-type': this.pick(CONTENT_TYPES) };
    if (chance > 2) return headers;
    const lengths = ['0', '1', '-1', '1e3', '99999999999', '', String(this.below(600))];
    return { ...headers, 'inference-header-content-length': this.pick(lengths) };
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** A whole number from 0 to below `limit` (mulberry32). */
  private below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }
}
