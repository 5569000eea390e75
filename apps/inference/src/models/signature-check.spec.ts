import { parseMlmodel } from '@tidegate/mlflow-client';
import type { TensorSpec, TensorType } from '../tensors/tensor';
import { signatureProblems } from './signature-check';

function tensor(dtype: string, shape: number[], name?: string): object {
  return { type: 'tensor', name, 'tensor-spec': { dtype, shape } };
}

function column(name: string, type: string, required = true): object {
  return { type, name, required };
}

function input(name: string, type: TensorType, ...shape: (number | undefined)[]): TensorSpec {
  return { name, type, shape };
}

/** Through the MLmodel file, as MLflow writes it. */
function problems(fields: readonly object[], ...inputs: TensorSpec[]): string[] {
  const text = JSON.stringify({ flavors: {}, signature: { inputs: JSON.stringify(fields) } });
  return signatureProblems(parseMlmodel(text), { inputs });
}

const image = input('image', 'float32', undefined, 3, 32, 32);
const count = input('count', 'int64', undefined, 1);
const word = input('word', 'string', undefined, 1);
const features = input('X', 'float32', undefined, 4);
const fourNumbers = ['a', 'b', 'c', 'd'].map((name) => column(name, 'double'));

describe('a signature fits', () => {
  const fits: [string, object[], TensorSpec[]][] = [
    ['when there is none', [], [image]],
    ['without a name', [tensor('float32', [-1, 3, 32, 32])], [image]],
    ['of wider floats, which MLflow casts', [tensor('float64', [-1, 3, 32, 32], 'image')], [image]],
    ['of integers for floats', [tensor('uint8', [-1, 3, 32, 32], 'image')], [image]],
    ['of a fixed number of rows', [tensor('float32', [1, 3, 32, 32])], [image]],
    ['with lengths left open', [tensor('float32', [-1, -1, -1, -1])], [image]],
    ['for a graph that tells no shape', [tensor('float32', [-1, 9])], [input('x', 'float32')]],
    ['in another order', [tensor('str', [-1, 1], 'word'), tensor('int64', [-1, 1], 'count')], [count, word]],
    ['of NumPy text', [tensor('object', [-1, 1])], [word]],
    ['of columns, as many as the input is wide', fourNumbers, [features]],
    ['of columns, one an input', [column('word', 'string'), column('count', 'long')], [count, word]],
    [
      'of more columns than inputs',
      [...fourNumbers, column('count', 'long'), column('word', 'string')],
      [count, word],
    ],
    ['of an optional column too many', [...fourNumbers, column('e', 'double', false)], [features]],
    ['of a column of arrays', [column('all', 'array')], [features]],
    ['of columns for free widths', fourNumbers, [input('X', 'float32', undefined, undefined)]],
  ];

  it.each(fits)('%s', (_what, fields, inputs) => {
    expect(problems(fields, ...inputs)).toEqual([]);
  });
});

describe('a signature contradicts the graph', () => {
  const contradictions: [string, object[], TensorSpec[], string[]][] = [
    [
      'in the type',
      [tensor('str', [-1, 3, 32, 32], 'image')],
      [image],
      ['"image" is str in the signature and float32 in the graph'],
    ],
    [
      'with fractions for integers',
      [tensor('float64', [-1, 1])],
      [count],
      ['"count" is float64 in the signature'],
    ],
    [
      'in the rank',
      [tensor('float32', [-1, 3072])],
      [image],
      ['"image" has the shape [-1,3072] in the signature and [-1,3,32,32] in the graph'],
    ],
    ['in a length', [tensor('float32', [-1, 3, 28, 28])], [image], ['has the shape [-1,3,28,28]']],
    [
      'in the name',
      [tensor('float32', [-1, 3, 32, 32], 'picture')],
      [image],
      [
        'the graph needs the input "image", the signature has "picture"',
        'the signature has the tensor "picture", the graph has the inputs "image"',
      ],
    ],
    [
      'in the number of tensors',
      [tensor('int64', [-1, 1], 'count')],
      [count, word],
      ['the graph needs the input "word", the signature has "count"'],
    ],
    [
      'with one tensor for several inputs',
      [tensor('int64', [-1, 1])],
      [count, word],
      ['the signature has one tensor without a name, the graph has the inputs "count", "word"'],
    ],
    [
      'in the number of columns',
      fourNumbers.slice(1),
      [features],
      ['the signature has 3 columns, the input "X" of the graph takes 4 a row'],
    ],
    [
      'with a column of text among numbers',
      [...fourNumbers.slice(1), column('e', 'string')],
      [features],
      ['column "e" is string, the input "X" of the graph float32'],
    ],
    [
      'without the column of an input',
      [column('count', 'long')],
      [count, word],
      ['the graph needs the input "word", the signature has the columns "count"'],
    ],
    [
      'in the type of a column',
      [column('count', 'double'), column('word', 'string')],
      [count, word],
      ['"count" is double in the signature and int64 in the graph'],
    ],
  ];

  it.each(contradictions)('%s', (_what, fields, inputs, expected) => {
    expect(problems(fields, ...inputs)).toEqual(
      expected.map((text) => expect.stringContaining(text) as string),
    );
  });
});
