import { frameFromCsv } from './csv-frame';
import type { InputSchema } from './input-schema';

function typesOf(text: string): unknown {
  return frameFromCsv(text, undefined).columns.map(({ name, series }) => [
    name,
    series.dtype,
    Array.from(series.values as ArrayLike<unknown>),
  ]);
}

describe('a CSV column without a signature', () => {
  it.each([
    ['whole numbers', 'a\n1\n-2', ['a', 'int64', [1, -2]]],
    ['long whole numbers', 'a\n9007199254740993', ['a', 'int64', [9007199254740993n]]],
    ['numbers', 'a\n1\n.5\n1e3', ['a', 'float64', [1, 0.5, 1000]]],
    ['numbers with gaps', 'a,b\n1,1\nNA,2\n,3', ['a', 'float64', [1, NaN, NaN]]],
    ['infinities', 'a\ninf\n-Infinity', ['a', 'float64', [Infinity, -Infinity]]],
    ['true and false', 'a\nTrue\nfalse', ['a', 'bool', [true, false]]],
    ['true and false with gaps', 'a,b\ntrue,1\nnull,2', ['a', 'object', [true, NaN]]],
    ['anything else', 'a,b\nx,1\n,2', ['a', 'str', ['x', null]]],
  ])('of %s', (_what, text, expected) => expect((typesOf(text) as unknown[])[0]).toEqual(expected));

  it('has a name of its own', () => {
    expect((typesOf('a,,a\n1,2,3') as [string][]).map(([name]) => name)).toEqual(['a', 'Unnamed: 1', 'a.1']);
  });

  it('begins after the labels of rows that are longer than the header', () => {
    expect(typesOf('a\n7,1\n8,2')).toEqual([['a', 'int64', [1, 2]]]);
    expect(() => frameFromCsv('a\n1\n2,3', undefined)).toThrow('expected 1 fields in row 2, got 2');
  });
});

describe('a CSV column of the signature', () => {
  const schema: InputSchema = {
    kind: 'columns',
    isNamed: true,
    inputs: (['bool', 'int32', 'float64', 'object'] as const).map((dtype) => ({
      name: dtype,
      dtype,
      type: dtype,
      isRequired: true,
    })),
  };
  const read = (name: string, cell: string): unknown => {
    const [column] = frameFromCsv(`${name},other\n${cell},1`, schema).columns;
    return [column?.series.dtype, column?.series.values[0]];
  };

  it.each([
    ['bool', 'TRUE', 1],
    ['int32', '7', 7],
    ['int32', '7.0', 7],
    ['int32', 'true', 1],
    ['float64', '7', 7],
    ['float64', 'N/A', NaN],
    ['object', '7', '7'],
    ['object', '', NaN],
  ])('%s takes %j', (dtype, cell, expected) => expect(read(dtype, cell)).toEqual([dtype, expected]));

  it.each([
    ['bool', '1'],
    ['bool', ''],
    ['int32', '7.5'],
    ['int32', 'NA'],
    ['int32', '2147483648'],
    ['float64', 'x'],
  ])('%s refuses %j', (dtype, cell) => expect(() => read(dtype, cell)).toThrow(`CSV column ${dtype}, row 0`));

  it('is wanted: a signature of tensors has none', () => {
    const tensors: InputSchema = { kind: 'tensors', isNamed: false, inputs: [] };
    expect(() => frameFromCsv('a\n1', tensors)).toThrow(
      'the signature of the model has tensors, not columns',
    );
  });
});
