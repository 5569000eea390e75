import { mayDiffer, parsePythonJson } from './python-json';
import { WholeFloat } from './python-number';

describe('JSON as Python reads it', () => {
  it('keeps all digits of integers, and whole floats apart from integers', () => {
    expect(parsePythonJson('[9007199254740993, -9223372036854775808, 7, 1.0, 1e3, -0.5, 2.50]')).toEqual([
      9007199254740993n,
      -9223372036854775808n,
      7,
      new WholeFloat(1),
      new WholeFloat(1000),
      -0.5,
      2.5,
    ]);
  });

  it('takes what JSON has not: NaN and the infinities', () => {
    expect(parsePythonJson('{"a": [NaN, Infinity, -Infinity, 1e400]}')).toEqual({
      a: [NaN, Infinity, -Infinity, Infinity],
    });
  });

  it.each([
    'null',
    ' { "a" : [ true , false , null , "x" ] , "b" : { } } ',
    String.raw`{"\u0061\"": "\\\" NaN 12345678901234567890", "__proto__": 1, "a\\": []}`,
    '[-0.5, 1e-7, 12, [[], [[]]]]',
  ])('is the same as JSON otherwise: %s', (text) => {
    expect(parsePythonJson(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '',
    '[1,]',
    '{"a":}',
    '{a:1}',
    '[1 2]',
    '01',
    '+1',
    '.5',
    '"a',
    '[1]]',
    'nan',
    '"\n"',
    '{"a":1,}',
  ])('refuses %j', (text) => expect(() => parsePythonJson(text)).toThrow(SyntaxError));

  it('refuses nesting that would exhaust the stack', () => {
    expect(() => parsePythonJson('['.repeat(100_000))).toThrow('nested deeper than');
  });

  it.each([
    ['[1.0]', true],
    ['[1.00, 2]', true],
    ['[1e3]', true],
    ['[1234567890123456]', true],
    ['[1, -2, 0.5, 1.05, 0.12345678901234567890]', false],
  ])('says whether it differs from JSON.parse: %s', (text, expected) => {
    expect(mayDiffer(text)).toBe(expected);
  });
});
