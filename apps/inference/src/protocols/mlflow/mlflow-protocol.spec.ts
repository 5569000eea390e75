import { ProblemError } from '@tidegate/schemas';
import type { ServedVersion } from '../../models/served-version';
import type { Tensor, Tensors, TensorSpec } from '../../tensors/tensor';
import { sameNumbers } from '../spec-version';
import {
  ANY,
  column,
  integers,
  matrix,
  protocol,
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

describe('a body', () => {
  it.each([
    ['no JSON', '{"inputs": [', 'the body must be JSON'],
    ['no JSON with NaN', '{"inputs": [NaN', 'the body must be JSON: it ends too early'],
    [
      'a list',
      '[1]',
      'expected an object with one of dataframe_split, dataframe_records, instances, inputs, got an array of 1',
    ],
    [
      'another format',
      '{"messages": []}',
      'expected exactly one of the fields dataframe_split, dataframe_records, instances, inputs, got "messages"',
    ],
    ['two formats', '{"inputs": [], "instances": []}', 'got "inputs", "instances"'],
  ])('must not be %s', (_what, body, expected) => expect(read(matrix, body)).toContain(expected));

  it('may begin with a byte order mark and must be UTF-8', () => {
    expect(read(matrix, '\ufeff{"inputs": [[1, 2]]}')).toEqual([
      1,
      [
        [1, 2],
        [1, 2],
      ],
    ]);
    const headers = { 'content-type': 'application/json' };
    expect(() => protocol.parse({ path: '', headers, body: Buffer.from([0x7b, 0xff]) })).toThrow(
      'must be UTF-8',
    );
  });

  it.each([
    ['nothing', undefined],
    ['parquet', 'application/vnd.apache.parquet'],
    ['another charset', 'application/json; charset=latin-1'],
    ['another parameter', 'text/csv; format=split'],
  ])('must not be said to be %s', (_what, type) => {
    const parse = (): unknown =>
      protocol.parse({ path: '', headers: { 'content-type': type }, body: Buffer.from('{}') });
    expect(parse).toThrow('content-type: ');
  });
});

describe('an answer', () => {
  const outputs: Tensors = {
    label: { type: 'int64', dims: [2], data: BigInt64Array.of(9007199254740993n, 7n) },
    scores: { type: 'float32', dims: [2, 2], data: Float32Array.of(0.5, NaN, Infinity, -Infinity) },
  };
  const specs = [spec('label', 'int64', ANY), spec('scores', 'float32', ANY, 2)];

  function answer(version: ServedVersion, body: unknown, given: Tensors | undefined): unknown {
    const request = protocol.parse({
      path: '',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
    });
    const runs = request.runs(version);
    return request.answer(given === undefined ? [] : [given], runs, { id: 'r', version, alias: undefined })
      .body;
  }

  it('to arrays has each output by name, its numbers as Python writes them', () => {
    const version = served([spec('x', 'float32', ANY, 2)], [tensor('float32', [-1, 2])], specs);
    expect(
      answer(
        version,
        {
          inputs: [
            [1, 2],
            [3, 4],
          ],
        },
        outputs,
      ),
    ).toBe('{"predictions":{"label":[9007199254740993,7],"scores":[[0.5,NaN],[Infinity,-Infinity]]}}');
    const total = served([spec('x', 'float32', ANY, 2)], [tensor('float32', [-1, 2])], [spec('sum', 'bool')]);
    const sum: Tensors = { sum: { type: 'bool', dims: [], data: Uint8Array.of(1) } };
    expect(answer(total, { inputs: [[1, 2]] }, sum)).toBe('{"predictions":{"sum":true}}');
  });

  it('to frames has a record a row, which outputs of several values a row do not fit', () => {
    const version = served(
      [spec('x', 'float32', ANY, 1)],
      [column('a', 'double')],
      [specs[0] as TensorSpec, spec('word', 'string', ANY, 1)],
    );
    const word: Tensor = { type: 'string', dims: [2, 1], data: ['a"', 'b'] };
    const body = { dataframe_split: { columns: ['a'], data: [[1], [2]] } };
    expect(answer(version, body, { ...outputs, word })).toBe(
      '{"predictions":[{"label":9007199254740993,"word":"a\\""},{"label":7,"word":"b"}]}',
    );
    const wide = served([spec('x', 'float32', ANY, 1)], [column('a', 'double')], specs);
    expect(() => answer(wide, body, outputs)).toThrow(
      'the outputs have different numbers of values (label 2, scores 4)',
    );
    expect(answer(wide, { dataframe_split: { columns: ['a'], data: [] } }, undefined)).toBe(
      '{"predictions":[]}',
    );
  });
});

describe('an error', () => {
  const told = (problem: ProblemError): unknown => {
    const { body, status } = protocol.errorAnswer(problem, 'request-7');
    return { status, ...(JSON.parse(body as string) as object) };
  };

  it('has the code of MLflow, and says what to do', () => {
    expect(told(new ProblemError('QUEUE_FULL', { detail: 'The queue is full.' }))).toEqual({
      status: undefined,
      error_code: 'RESOURCE_EXHAUSTED',
      message: expect.stringMatching(
        /^The queue is full\. \| .*send the request again.* \(request request-7\)$/,
      ) as string,
    });
    expect(told(new ProblemError('MODEL_FAILED'))).toMatchObject({ status: 400, error_code: 'BAD_REQUEST' });
  });

  it('tells bodies that are no good from bodies that do not fit the model', () => {
    const codeOf = (text: string): unknown => {
      try {
        protocol
          .parse({ path: '', headers: { 'content-type': 'application/json' }, body: Buffer.from(text) })
          .runs(matrix);
        return undefined;
      } catch (error) {
        return told(error as ProblemError);
      }
    };
    expect(codeOf('{"inputs": [[1], [2, 3]]}')).toMatchObject({ error_code: 'BAD_REQUEST' });
    expect(codeOf('{"inputs": [[1, 2, 3]]}')).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
  });
});

describe('garbage', () => {
  const bodies = [
    '{"inputs": [[1.5, 2], [3, 4]], "params": {"t": 1}}',
    '{"instances": [{"a": 1.5, "b": 2, "c": 3}, {"a": 1, "b": 2, "c": 3}]}',
    '{"inputs": {"a": [[1]], "b": [[9007199254740993]], "c": [["x"]]}}',
    '{"dataframe_split": {"columns": ["a", "b", "c"], "index": [0, 1], "data": [[1.0, 2, 3], [4, 5, 6]]}}',
    '{"dataframe_records": [{"a": 1.5, "b": 2, "c": "x"}, {"a": 1, "b": 2, "c": "y"}]}',
    'a,b,c\n1.5,2,"x"\n4,5,6\n',
  ];
  const bits = [
    '0',
    '-',
    '9e99',
    '"',
    '[',
    ']',
    '{}',
    ',',
    'null',
    '99999999999999999999',
    String.raw`\u0000`,
    'NaN',
    'true',
    '\n',
    ':',
  ];
  const models = [matrix, table, several, vectors, integers, words, untyped];

  it('is told apart from requests without any other error than a 4xx', () => {
    const outcomes = { taken: 0, refused: 0 };
    const random = sameNumbers(7);
    const oneOf = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    for (let round = 0; round < 10_000; round += 1) {
      const text = oneOf(bodies);
      const at = Math.floor(random() * text.length);
      const cut = random() < 0.5 ? 0 : Math.floor(random() * 4);
      const sent = random() < 0.2 ? text : text.slice(0, at) + oneOf(bits) + text.slice(at + cut);
      const type = text.startsWith('a') ? 'text/csv' : 'application/json';
      // Anything else than a refusal is thrown.
      if (typeof read(oneOf(models), sent, type) === 'string') outcomes.refused += 1;
      else outcomes.taken += 1;
    }
    expect(outcomes.taken).toBeGreaterThan(300);
    expect(outcomes.refused).toBeGreaterThan(3000);
  });
});
