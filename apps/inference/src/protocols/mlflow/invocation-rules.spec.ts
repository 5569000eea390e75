import {
  ANY,
  integers,
  matrix,
  read,
  served,
  several,
  spec,
  table,
  tensor,
  untyped,
  vectors,
  words,
} from './spec-models';

describe('a signature with one tensor', () => {
  it.each([
    [
      'inputs',
      {
        inputs: [
          [1, 2],
          [3.5, 4],
        ],
      },
      [
        2,
        [
          [2, 2],
          [1, 2, 3.5, 4],
        ],
      ],
    ],
    [
      'instances',
      { instances: [[1, 2]] },
      [
        1,
        [
          [1, 2],
          [1, 2],
        ],
      ],
    ],
    [
      'numbers in text, true and null',
      {
        inputs: [
          ['1.5', true],
          [null, 'inf'],
        ],
      },
      [
        2,
        [
          [2, 2],
          [1.5, 1, NaN, Infinity],
        ],
      ],
    ],
    [
      'NaN, which JSON has not',
      '{"inputs": [[NaN, -Infinity]]}',
      [
        1,
        [
          [1, 2],
          [NaN, -Infinity],
        ],
      ],
    ],
    [
      'a frame',
      { dataframe_split: { columns: ['p', 'q'], data: [[1, '2']] } },
      [
        1,
        [
          [1, 2],
          [1, 2],
        ],
      ],
    ],
    [
      'a frame without names',
      { dataframe_records: [[1, 2]] },
      [
        1,
        [
          [1, 2],
          [1, 2],
        ],
      ],
    ],
    [
      'lists in the cells of a frame',
      { dataframe_split: { data: [[[1, 2]], [[3, 4]]] } },
      [
        2,
        [
          [2, 2],
          [1, 2, 3, 4],
        ],
      ],
    ],
    [
      'params, which an ONNX model has not',
      { inputs: [[1, 2]], params: 'any' },
      [
        1,
        [
          [1, 2],
          [1, 2],
        ],
      ],
    ],
  ])('takes %s', (_what, body, expected) => expect(read(matrix, body)).toEqual(expected));

  it.each([
    ['another length', { inputs: [[1, 2, 3]] }, 'input 0: expected the shape (any, 2), got (1, 3)'],
    ['another rank', { inputs: [1, 2] }, 'expected the shape (any, 2), got (2)'],
    [
      'lists of different lengths',
      { inputs: [[1, 2], [3]] },
      'expected an array of 2, as its neighbours are, got an array of 1',
    ],
    ['text', { inputs: [[1, 'x']] }, 'inputs, element 1: expected a number (float32), got text "x"'],
    ['an object', { inputs: { x: [[1, 2]] } }, 'expected an array, got an object'],
    ['objects', { inputs: [{ x: 1 }] }, 'expected an array, got a list of objects'],
    ['a frame of another width', { dataframe_split: { data: [[1, 2, 3]] } }, 'expected as many columns'],
    [
      'null in a list',
      { dataframe_split: { data: [[[1, null]]] } },
      'column 0, row 0, element 1: expected a number',
    ],
    ['no rows', { dataframe_split: { columns: ['a', 'b'], data: [] } }, 'expected at least one row'],
  ])('refuses %s', (_what, body, expected) => expect(read(matrix, body)).toContain(expected));

  it('takes no rows as an array: there is nothing to run', () => {
    const nothing = served([spec('x', 'float32', ANY, 0)], [tensor('float32', [-1, 0])]);
    expect(read(nothing, { inputs: [[], []] })).toEqual([2, [[2, 0], []]]);
    expect(read(served([spec('x', 'float32', ANY)], [tensor('float32', [-1], 'x')]), { inputs: [] })).toEqual(
      [],
    );
  });

  it('casts columns of a frame without a look at the range, as NumPy does, but arrays with one', () => {
    const bytes = served([spec('x', 'uint8', ANY, 2)], [tensor('uint8', [-1, 2])]);
    expect(read(bytes, { dataframe_split: { data: [[1, -3]] } })).toEqual([
      1,
      [
        [1, 2],
        [1, 253],
      ],
    ]);
    expect(read(bytes, { inputs: [[1, -3]] })).toContain('expected a number (uint8), got -3');
  });
});

describe('a signature with columns', () => {
  const row = [
    1,
    [
      [1, 3],
      [1.5, 2, 3],
    ],
  ];

  it.each([
    ['split', { dataframe_split: { columns: ['a', 'b', 'c'], data: [[1.5, 2, 3]] } }],
    [
      'split in another order, with more columns',
      { dataframe_split: { columns: ['z', 'c', 'b', 'a'], data: [[[], '3', 2, 1.5]] } },
    ],
    ['records', { dataframe_records: [{ b: 2, a: '1.5', c: 3 }] }],
    ['a fraction of an integer, cut off', { dataframe_records: [{ a: 1.5, b: 2.9, c: 3 }] }],
    ['inputs by column', { inputs: { a: [1.5], b: [2], c: [3] } }],
    ['inputs of one row', { inputs: { a: 1.5, b: 2, c: 3 } }],
    ['inputs as records', { inputs: [{ a: 1.5, b: 2, c: 3 }] }],
    ['instances', { instances: [{ a: 1.5, b: 2, c: 3 }] }],
  ])('takes %s', (_what, body) => expect(read(table, body)).toEqual(row));

  it('takes CSV', () => expect(read(table, 'a,b,c\n1.5,2,3\n', 'text/csv; charset=UTF-8')).toEqual(row));

  it('takes empty tables, and says that optional columns are missing only where the graph wants them', () => {
    expect(read(table, { dataframe_split: { columns: ['a', 'b', 'c'], data: [] } })).toEqual([]);
    expect(read(table, { dataframe_records: [{ a: 1, b: 2 }] })).toBe(
      'input x: the model takes the shape (any, 3), got (1, 2)',
    );
  });

  it.each([
    [
      'a missing column',
      { dataframe_records: [{ a: 1, c: 2 }] },
      'missing the columns "b"; expected "a", "b", "c", got "a", "c"',
    ],
    [
      'a gap among integers',
      {
        dataframe_records: [
          { a: 1, b: 1, c: 1 },
          { a: 1, c: 1 },
        ],
      },
      'column b, row 1: expected a number (int64)',
    ],
    [
      'text',
      { dataframe_records: [{ a: 'x', b: 1, c: 1 }] },
      'column a, row 0: expected a number (float64), got text "x"',
    ],
    ['lists', { inputs: { a: [[1]], b: [[1]], c: [[1]] } }, 'column a: expected double, got object'],
    ['different lengths', { inputs: { a: [1], b: [1, 2], c: [1] } }, 'columns must have equal lengths'],
    [
      'rows of the wrong length',
      { dataframe_split: { columns: ['a', 'b', 'c'], data: [[1, 2]] } },
      '3 columns are named, the rows of data have 2',
    ],
    [
      'no array of rows',
      { dataframe_split: { columns: ['a'], data: 1 } },
      'expected an array of rows, got 1',
    ],
    ['another field', { dataframe_split: { data: [], orient: 1 } }, 'unknown field "orient"'],
    ['a list', { inputs: [1, 2, 3] }, 'missing the columns'],
  ])('refuses %s', (_what, body, expected) => expect(read(table, body)).toContain(expected));

  it('gives a graph with several inputs a vector for each', () => {
    expect(
      read(vectors, {
        dataframe_records: [
          { c: 'x', a: 1 },
          { c: null, a: 2 },
        ],
      }),
    ).toEqual([2, [[2], [1, 2]], [[2], ['x', 'nan']]]);
    expect(read(several, { dataframe_records: [{ a: 1, b: 2, c: 'x' }] })).toEqual([
      1,
      [[1, 1], [1]],
      [[1, 1], [2n]],
      [[1, 1], ['x']],
    ]);
  });

  it('writes what is no text as Python does', () => {
    const given = (value: string): unknown =>
      read(words, `{"dataframe_split":{"columns":["w"],"data":[[${value}]]}}`);
    expect(given('1')).toEqual([1, [[1, 1], ['1']]]);
    expect(given('1.0')).toEqual([1, [[1, 1], ['1.0']]]);
    expect(given('true')).toEqual([1, [[1, 1], ['True']]]);
    expect(given('null')).toEqual([1, [[1, 1], ['None']]]);
    const gap = { dataframe_records: [{ w: 'a' }, {}, { w: true }] };
    expect(read(words, gap)).toEqual([
      3,
      [
        [3, 1],
        ['a', 'nan', 'True'],
      ],
    ]);
    expect(given('["a"]')).toContain('expected text, got a list or an object');
    expect(given(String.raw`"a\u0000b"`)).toContain('expected text without U+0000');
  });
});

describe('inputs by name', () => {
  it('are taken as they are, others left out', () => {
    const body = { inputs: { c: [['x']], b: [['7']], a: [[1]], z: [[1]] } };
    expect(read(several, body)).toEqual([1, [[1, 1], [1]], [[1, 1], [7n]], [[1, 1], ['x']]]);
  });

  it.each([
    ['a missing one', { inputs: { a: [[1]], b: [[1]] } }, 'missing the input "c"; expected a, b, c'],
    ['a list', { inputs: [[1]] }, 'expected an object with an array for each of a, b, c'],
    [
      'instances that lack one',
      {
        instances: [
          { a: [1], b: [1], c: ['x'] },
          { a: [1], b: [1] },
        ],
      },
      'got 2 of a and 1 of c',
    ],
    [
      'different numbers of rows',
      { inputs: { a: [[1]], b: [[1], [2]], c: [['x']] } },
      'inputs must have equal numbers of rows, got 1 of a, 2 of b, 1 of c',
    ],
  ])('must not be %s', (_what, body, expected) => expect(read(several, body)).toContain(expected));
});

describe('integers', () => {
  it('keep all their digits', () => {
    expect(read(integers, '{"inputs": [[9007199254740993, -9223372036854775808]]}')).toEqual([
      1,
      [
        [1, 2],
        [9007199254740993n, -9223372036854775808n],
      ],
    ]);
    expect(read(integers, '{"inputs": [[9223372036854775808, 1]]}')).toContain(
      'expected a number (int64), got 9223372036854775808',
    );
    expect(read(integers, '{"dataframe_split": 18446744073709551616}')).toContain('got 18446744073709551616');
  });
});

describe('without a signature', () => {
  it.each([
    [
      'floats',
      '{"inputs": [[1.5, 2]]}',
      [
        1,
        [
          [1, 2],
          [1.5, 2],
        ],
      ],
    ],
    [
      'floats without a fraction',
      '{"inputs": [[1.0, 2]]}',
      [
        1,
        [
          [1, 2],
          [1, 2],
        ],
      ],
    ],
    [
      'a frame',
      '{"dataframe_split": {"data": [[1, 2.0]]}}',
      [
        1,
        [
          [1, 2],
          [1, 2],
        ],
      ],
    ],
    [
      'integers, which are no floats',
      '{"inputs": [[1, 2]]}',
      'input x: the model takes float32, got int64: write numbers as 1.0, or log the model with a signature',
    ],
    ['text', '{"inputs": [["1.5", "2"]]}', 'input x: the model takes float32, got str'],
    ['another name', '{"inputs": {"y": [[1.5, 2]]}}', '"y" is no input of the model; expected "x"'],
  ])('%s', (_what, body, expected) => expect(read(untyped, body)).toEqual(expected));
});

describe('params', () => {
  const tuned = served([spec('x', 'float32', ANY, 2)], [tensor('float32', [-1, 2])], undefined, [
    { name: 't', type: 'double', default: 0.5, shape: null },
    { name: 'names', type: 'string', default: [], shape: [-1] },
  ]);
  const asked = (params: unknown): unknown => read(tuned, { inputs: [[1, 2]], params });

  it('are checked when the signature has some', () => {
    for (const params of [undefined, null, {}, { t: 1 }, { t: null, names: ['a'] }, { other: [] }]) {
      expect(asked(params)).toEqual([
        1,
        [
          [1, 2],
          [1, 2],
        ],
      ]);
    }
    expect(asked([1])).toContain('params: expected an object, got an array of 1');
    expect(asked({ t: 'hot' })).toContain('params.t: expected double');
    expect(asked({ names: 'a' })).toContain('params.names: expected a list of string');
  });
});
