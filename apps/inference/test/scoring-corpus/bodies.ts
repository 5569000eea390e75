/** A body for `/invocations`, sent as it is. */
export interface Body {
  readonly what: string;
  readonly text: string;
  /** @default application/json */
  readonly type?: string;
}

function json(what: string, value: unknown): Body {
  return { what, text: JSON.stringify(value) };
}

function csv(what: string, text: string): Body {
  return { what, text, type: 'text/csv' };
}

const FLOWERS = [
  [5.1, 3.5, 1.4, 0.2],
  [6.2, 2.9, 4.3, 1.3],
  [7.7, 3, 6.1, 2.3],
];
const COLUMNS = ['sl', 'sw', 'pl', 'pw'];
const TABLES: readonly Body[] = [
  json('split', { dataframe_split: { columns: COLUMNS, data: FLOWERS } }),
  json('split with other order and more columns', {
    dataframe_split: {
      columns: ['pw', 'pl', 'sw', 'sl', 'extra'],
      data: FLOWERS.map((row) => [...row.toReversed(), 'x']),
    },
  }),
  json('split with an index', { dataframe_split: { index: [7, 8, 9], columns: COLUMNS, data: FLOWERS } }),
  json('records', {
    dataframe_records: FLOWERS.map((row) =>
      Object.fromEntries(COLUMNS.map((name, index) => [name, row[index]])),
    ),
  }),
  json('whole numbers', { dataframe_split: { columns: COLUMNS, data: [[5, 3, 1, 0]] } }),
  json('numbers as text', { dataframe_split: { columns: COLUMNS, data: [['5.1', '3.5', '1.4', '0.2']] } }),
  json('a missing value', { dataframe_split: { columns: COLUMNS, data: [[5.1, null, 1.4, 0.2]] } }),
  json('booleans', { dataframe_split: { columns: COLUMNS, data: [[true, false, true, false]] } }),
  json('a missing column', {
    dataframe_split: { columns: COLUMNS.slice(1), data: FLOWERS.map((row) => row.slice(1)) },
  }),
  json('text in a number column', { dataframe_split: { columns: COLUMNS, data: [['long', 3.5, 1.4, 0.2]] } }),
  json('no rows', { dataframe_split: { columns: COLUMNS, data: [] } }),
  json('a short row', { dataframe_split: { columns: COLUMNS, data: [[1, 2, 3]] } }),
  json('instances as records', {
    instances: FLOWERS.map((row) => Object.fromEntries(COLUMNS.map((name, index) => [name, row[index]]))),
  }),
  json('inputs by column', {
    inputs: Object.fromEntries(COLUMNS.map((name, index) => [name, FLOWERS.map((row) => row[index])])),
  }),
  json('inputs of one row', {
    inputs: Object.fromEntries(COLUMNS.map((name, index) => [name, FLOWERS[0]?.[index]])),
  }),
  json('inputs of different lengths', { inputs: { sl: [1, 2], sw: [1], pl: [1, 2], pw: [1, 2] } }),
  csv('csv', `${COLUMNS.join(',')}\n${FLOWERS.map((row) => row.join(',')).join('\n')}\n`),
  csv('csv with quotes and Windows line breaks', `"sl","sw","pl","pw"\r\n"5.1",3.5,1.4,0.2\r\n`),
  csv('csv with an empty field', `${COLUMNS.join(',')}\n5.1,,1.4,0.2\n`),
  csv('csv with text in a number column', `${COLUMNS.join(',')}\nlong,3.5,1.4,0.2\n`),
  csv('csv without a column', 'sl,sw,pl\n5.1,3.5,1.4\n'),
  csv('csv with a header only', `${COLUMNS.join(',')}\n`),
];

/** What no model takes, and what is no body at all. */
export const BAD_BODIES: readonly Body[] = [
  { what: 'nothing', text: '' },
  { what: 'no JSON', text: '{"inputs": [' },
  { what: 'a list', text: '[1, 2]' },
  { what: 'a number', text: '7' },
  json('no format', { data: [1] }),
  json('two formats', { inputs: [[1]], instances: [[1]] }),
  json('no data', { dataframe_split: { columns: ['a'] } }),
  json('an unknown field of split', { dataframe_split: { data: [[1]], rows: 1 } }),
  json('records that are none', { dataframe_records: { a: 1 } }),
  json('lists of different lengths', { inputs: [[1, 2], [3]] }),
  json('null', { inputs: null }),
  json('another kind of body', { messages: [{ role: 'user', content: 'hello' }] }),
  { what: 'a form', text: 'a=1', type: 'application/x-www-form-urlencoded' },
  { what: 'another charset', text: '{"inputs": [[1]]}', type: 'application/json; charset=latin-1' },
  { what: 'another parameter', text: '{"inputs": [[1]]}', type: 'application/json; format=pandas-split' },
];

const IMAGE = Array.from({ length: 3 }, (_, channel) =>
  Array.from({ length: 32 }, (_, y) => Array.from({ length: 32 }, (_, x) => ((channel + 1) * (x + y)) / 64)),
);
const PIXELS = IMAGE.flat(2);

/** By the kind of model of `corpus.py`. */
export const BODIES: Readonly<Record<string, readonly Body[]>> = {
  classifier: [
    json('inputs', { inputs: FLOWERS }),
    json('instances', { instances: FLOWERS }),
    json('params that nobody asked for', { inputs: FLOWERS, params: { temperature: 1 } }),
    json('whole numbers', { inputs: [[5, 3, 1, 0]] }),
    json('numbers as text', { inputs: [['5.1', '3', '1', '0']] }),
    json('a missing value', { inputs: [[5.1, null, 1, 0]] }),
    json('too few columns', { inputs: [[1, 2, 3]] }),
    json('a vector', { inputs: [1, 2, 3, 4] }),
    json('text', { inputs: [['a', 'b', 'c', 'd']] }),
    json('an object', { inputs: { features: FLOWERS } }),
    json('split', { dataframe_split: { columns: COLUMNS, data: FLOWERS } }),
    json('split without names', { dataframe_split: { data: FLOWERS } }),
    json('records', { dataframe_records: [{ a: 1, b: 2, c: 3, d: 4 }] }),
    json('lists in one column', { dataframe_split: { columns: ['all'], data: FLOWERS.map((row) => [row]) } }),
    csv('csv', '0,1,2,3\n5.1,3.5,1.4,0.2\n'),
    ...BAD_BODIES,
  ],
  'classifier-columns': TABLES,
  zipmap: TABLES,
  regressor: [
    json('inputs', { inputs: { size: [[50], [80.5]], rooms: [[1], [3]], city: [['Kiel'], ['Rom']] } }),
    json('instances', {
      instances: [
        { size: [50], rooms: [1], city: ['Kiel'] },
        { size: [80.5], rooms: [3], city: ['Bonn'] },
      ],
    }),
    json('split', {
      dataframe_split: {
        columns: ['size', 'rooms', 'city'],
        data: [
          [50, 1, 'Kiel'],
          [80.5, 3, 'Ulm'],
        ],
      },
    }),
    json('records', { dataframe_records: [{ city: 'Bonn', rooms: 2, size: 60.25 }] }),
    json('a missing input', { inputs: { size: [[50]], rooms: [[1]] } }),
    json('an input too many', { inputs: { size: [[50]], rooms: [[1]], city: [['Kiel']], floor: [[3]] } }),
    json('vectors', { inputs: { size: [50], rooms: [1], city: ['Kiel'] } }),
    json('text as rooms', { inputs: { size: [[50]], rooms: [['many']], city: [['Kiel']] } }),
  ],
  mixed: [
    json('split', {
      dataframe_split: {
        columns: ['size', 'rooms', 'city'],
        data: [
          [1.5, 2, 'Kiel'],
          [2.5, 3, 'Bonn'],
          [1, 1, 'Ulm'],
        ],
      },
    }),
    json('records', {
      dataframe_records: [
        { city: 'Bonn', rooms: 2, size: 60.25 },
        { size: 1, rooms: 4, city: '' },
      ],
    }),
    json('inputs', { inputs: { size: [1.5, 2], rooms: [2, 3], city: ['Kiel', 'Bonn'] } }),
    json('instances', { instances: [{ size: 1.5, rooms: 2, city: 'Kiel' }] }),
    json('half a room', {
      dataframe_split: { columns: ['size', 'rooms', 'city'], data: [[1.5, 2.5, 'Kiel']] },
    }),
    json('no rooms', {
      dataframe_split: { columns: ['size', 'rooms', 'city'], data: [[1.5, null, 'Kiel']] },
    }),
    json('a number as city', {
      dataframe_split: { columns: ['size', 'rooms', 'city'], data: [[1.5, 2, 7]] },
    }),
    csv('csv', 'size,rooms,city\n1.5,2,Kiel\n2,3,"Bonn"\n'),
    csv('csv with a comma in a field', 'size,rooms,city\n1.5,2,"Kiel, am Meer"\n'),
  ],
  multi: [
    json('inputs', {
      inputs: {
        a: [
          [1, 2],
          [3, 4],
        ],
        b: [
          [0.5, 0.25],
          [10, 20],
        ],
      },
    }),
    json('instances', {
      instances: [
        { a: [1, 2], b: [3, 4] },
        { a: [5, 6], b: [7, 8] },
      ],
    }),
    json('lists in columns', {
      dataframe_split: {
        columns: ['a', 'b'],
        data: [
          [
            [1, 2],
            [3, 4],
          ],
        ],
      },
    }),
    json('one input', { inputs: { a: [[1, 2]] } }),
    json('a list', { inputs: [[1, 2]] }),
  ],
  words: [
    json('split', { dataframe_split: { columns: ['word'], data: [['tide'], ['gate'], ['wörld 🌊']] } }),
    json('inputs', { inputs: { word: ['tide', 'gate'] } }),
    json('inputs as a list', { inputs: ['tide', 'gate'] }),
    json('instances', { instances: [{ word: 'gate' }] }),
    json('a number', { dataframe_split: { columns: ['word'], data: [[7]] } }),
    csv('csv', 'word\ntide\n"ga""te"\n'),
  ],
  image: [
    json('inputs', { inputs: [IMAGE, IMAGE] }),
    json('instances', { instances: [IMAGE] }),
    json('flat pixels in a column', { dataframe_split: { columns: ['image'], data: [[PIXELS]] } }),
    json('too few channels', { inputs: [IMAGE.slice(1)] }),
    json('no batch', { inputs: IMAGE }),
  ],
  integers: [
    json('inputs', {
      inputs: [
        [1, -2],
        [3, 4],
      ],
    }),
    { what: 'beyond 2^53', text: '{"inputs": [[9007199254740993, -9223372036854775807]]}' },
    json('fractions', { inputs: [[1.9, -1.9]] }),
    json('numbers as text', { inputs: [['12', '-7']] }),
    json('a missing value', { inputs: [[1, null]] }),
    { what: 'beyond 64 bits', text: '{"inputs": [[99999999999999999999999, 1]]}' },
    json('split', { dataframe_split: { columns: ['a', 'b'], data: [[1, 2]] } }),
  ],
  external: [json('inputs', { inputs: [Array.from({ length: 64 }, (_, index) => index / 8)] })],
  untyped: [
    { what: 'floats', text: '{"inputs": [[1.0, 2.0, 3.0]]}' },
    json('floats and whole numbers', { inputs: [[1.5, 2, 3]] }),
    json('whole numbers', { inputs: [[1, 2, 3]] }),
    json('by name', { inputs: { x: [[1.5, 2, 3]] } }),
    json('by another name', { inputs: { y: [[1.5, 2, 3]] } }),
    json('split', { dataframe_split: { columns: ['a', 'b', 'c'], data: [[1.5, 2.5, 3.5]] } }),
    json('text', { inputs: [['1.5', '2', '3']] }),
    csv('csv', 'a,b,c\n1.5,2.5,3.5\n4,5,6.5\n'),
    csv('csv of whole numbers', 'a,b,c\n1,2,3\n'),
  ],
  ratio: [
    json('split', {
      dataframe_split: {
        columns: ['a', 'b'],
        data: [
          [0, 0],
          [1, 0],
          [-1, 0],
          [1, 3],
        ],
      },
    }),
  ],
};
