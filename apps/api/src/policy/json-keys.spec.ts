import { findJsonFault } from './json-keys';

const MAX_DEPTH = 4;

describe('findJsonFault', () => {
  it.each([
    '{}',
    '[]',
    '"a"',
    '1',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":2}]',
    '{"a":"a","b":["a","a","b"]}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a\\\\":1,"a":2,"a\\"":3}',
    ' { "a" : [ ] , "b" : { } , "c" : null } ',
  ])('finds nothing in %s', (text) => {
    expect(findJsonFault(text, MAX_DEPTH)).toBeUndefined();
  });

  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"b":[],"a":{}}', 'a'],
    ['[0,{"b":{"c":{"d":1,"d":2}}}]', 'd'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"":1,"":2}', ''],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"a":{"b":1},"c":[{"b":1}],"c":0}', 'c'],
    ['{"\\\\":1,"\\\\":2}', '\\'],
  ])('names the key that %s has twice', (text, duplicateKey) => {
    expect(findJsonFault(text, MAX_DEPTH)).toEqual({ duplicateKey });
  });

  it('counts objects and lists as levels', () => {
    expect(findJsonFault('[[[[]]]]', MAX_DEPTH)).toBeUndefined();
    expect(findJsonFault('[[{"a":[[]]}]]', MAX_DEPTH)).toEqual({ duplicateKey: undefined });
    expect(findJsonFault('['.repeat(100_000) + ']'.repeat(100_000), MAX_DEPTH)).toBeDefined();
  });

  it('agrees with JSON.parse about 5,000 made-up texts', () => {
    const random = randomNumbers(42);
    for (let round = 0; round < 5_000; round += 1) {
      const { text, keys } = madeUpObject(random, 0);
      const isWhole = countKeys(JSON.parse(text)) === keys;
      expect([text, findJsonFault(text, 99) === undefined]).toEqual([text, isWhole]);
    }
  });
});

/** Linear congruential: the same texts in every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

const KEYS = ['"a"', '"b"', '"\\u0061"', '"c\\""', '"c\\\\"', '"{"', '":"', '"ü"'];
const VALUES = ['1', '"a"', '"\\""', '"}"', '[]', '{}', 'null', '"\\\\"', '-1.5e3'];

/** An object whose keys may collide, and how many keys it was written with. */
function madeUpObject(random: (below: number) => number, depth: number): { text: string; keys: number } {
  let keys = 0;
  const fields = Array.from({ length: random(4) }, () => {
    keys += 1;
    const key = KEYS[random(KEYS.length)] ?? '';
    if (depth === 3 || random(3) > 0) return `${key} : ${VALUES[random(VALUES.length)] ?? ''}`;
    const inner = madeUpObject(random, depth + 1);
    keys += inner.keys;
    return random(2) === 0 ? `${key}:${inner.text}` : `${key}:[1,${inner.text}]`;
  });
  return { text: `{${fields.join(random(2) === 0 ? ',' : ' ,\n')}}`, keys };
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, item) => sum + countKeys(item), own);
}
