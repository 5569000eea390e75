import { digitsOf, parseWithExactIntegers } from './exact-integers';

describe('parsing with exact integers', () => {
  it('keeps all digits of long integers, and only of those', () => {
    const text =
      '{"a":[9007199254740993, -9223372036854775808,7],"b":1.2345678901234567890,"c":12345678901234567e3}';
    expect(parseWithExactIntegers(text)).toEqual({
      a: [{ '#': '9007199254740993' }, { '#': '-9223372036854775808' }, 7],
      b: 1.234567890123456789,
      c: 12345678901234567e3,
    });
    expect(digitsOf({ '#': '9007199254740993' })).toBe('9007199254740993');
    expect(digitsOf('text')).toBe('text');
  });

  it.each([
    '"9007199254740993"',
    String.raw`["a\\", "\"12345678901234567890", "\\\"1234567890123456789"]`,
    '{"12345678901234567890": "\\u0022 99999999999999999999"}',
    '[-0, 0, 1e-7, -1.5E+20, true, null, {}, []]',
  ])('changes nothing else: %s', (text) => {
    expect(parseWithExactIntegers(text)).toEqual(JSON.parse(text));
  });
});
