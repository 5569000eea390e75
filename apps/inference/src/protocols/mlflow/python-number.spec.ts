import { floatOf, floatText, integerOf, textOf, truthOf, WholeFloat } from './python-number';

it.each([
  [1.5, 1.5],
  [true, 1],
  [null, NaN],
  [10n ** 20n, 1e20],
  [new WholeFloat(2), 2],
  [' 1_000.5e-1 ', 100.05],
  ['-Infinity', -Infinity],
  ['nan', NaN],
  ['0x10', undefined],
  ['', undefined],
  [[], undefined],
  [{}, undefined],
])('float(%j) is %j', (value, expected) => expect(floatOf(value)).toBe(expected));

it.each([
  [1.9, 1],
  [-1.9, -1],
  [' +12 ', 12n],
  ['9007199254740993', 9007199254740993n],
  [new WholeFloat(2), 2],
  [true, 1],
  ['1.5', undefined],
  ['1e3', undefined],
  [null, undefined],
  [NaN, undefined],
  [Infinity, undefined],
])('int(%p) is %p', (value, expected) => expect(integerOf(value)).toBe(expected));

it.each([
  [1, '1'],
  [1e21, '1000000000000000000000'],
  [new WholeFloat(1), '1.0'],
  [1.5, '1.5'],
  [true, 'True'],
  [null, 'None'],
  [2n ** 64n, '18446744073709551616'],
  [[], undefined],
])('str(%p) is %p', (value, expected) => expect(textOf(value)).toBe(expected));

it.each([
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16'],
  [1.5e22, '1.5e+22'],
  [1e-4, '0.0001'],
  [1e-5, '1e-05'],
  [-0, '-0.0'],
  [NaN, 'nan'],
  [-Infinity, '-inf'],
])('a float %p is written %s', (value, expected) => expect(floatText(value)).toBe(expected));

it('takes empty things for false', () => {
  expect([0, '', null, [], new WholeFloat(0), false].map(truthOf)).toEqual(new Array(6).fill(false));
  expect([1, 'False', [0], NaN, new WholeFloat(1), 1n].map(truthOf)).toEqual(new Array(6).fill(true));
});
