import { queryFields } from './query-fields';

const problem = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('queryFields', () => {
  it.each([
    ['', []],
    [
      'a=1&a=2&b',
      [
        ['a', '1'],
        ['a', '2'],
        ['b', ''],
      ],
    ],
    ['a=x+y%2B%20z', [['a', 'x y+ z']]],
    ['run%5fid=%C3%BC', [['run_id', 'ü']]],
    ['a=b=c&&', [['a', 'b=c']]],
    ['a=1;b=2', [['a', '1;b=2']]],
    ['=1', [['', '1']]],
  ])('reads %s as Flask does', (query, fields) => {
    expect(queryFields(query)).toEqual(fields);
  });

  it.each([
    'a=%00',
    '%00=a',
    'a=%ff',
    'a=%c0%ae',
    'a=%',
    'a=%4',
    'a=%u0041',
    'a=ü',
    'a=b c',
    'a=b#c',
    'a=\u0001',
  ])('refuses %j', (query) => {
    expect(() => queryFields(query)).toThrow(problem('VALUE_REFUSED'));
  });
});
