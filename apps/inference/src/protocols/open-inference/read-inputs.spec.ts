import { layoutOf } from '../../tensors/row-layout';
import type { TensorSpec } from '../../tensors/tensor';
import type { InferInput } from './infer-request';
import { rawInput } from './raw-request';
import { readInputs, requireOutputs } from './read-inputs';

const count: TensorSpec = { name: 'count', type: 'int64', shape: [undefined, 1] };
const scores: TensorSpec = { name: 'scores', type: 'float32', shape: [undefined, 2] };

function given(name: string, datatype: string, shape: number[], items: unknown[], at = 0): InferInput {
  return { place: `inputs[${at}]`, name, datatype, shape, content: { items, exactItems: () => items } };
}

function read(specs: readonly TensorSpec[], ...inputs: InferInput[]): ReturnType<typeof readInputs> {
  return readInputs(inputs, specs, layoutOf({ inputs: specs, outputs: specs }));
}

describe('the inputs of a run', () => {
  it('are taken in any order, and the first dimension counts the rows', () => {
    expect(
      read(
        [count, scores],
        given('scores', 'FP32', [2, 2], [1, 2, 3, 4]),
        given('count', 'INT64', [2, 1], [7, 8]),
      ),
    ).toEqual({
      rows: 2,
      inputs: {
        count: { type: 'int64', dims: [2, 1], data: BigInt64Array.of(7n, 8n) },
        scores: { type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
      },
    });
  });

  it('are one run of a model whose first dimension is fixed', () => {
    const image: TensorSpec = { name: 'image', type: 'uint8', shape: [1, undefined] };
    expect(read([image], given('image', 'UINT8', [1, 3], [1, 2, 3])).rows).toBe(1);
    const board: TensorSpec = { name: 'board', type: 'uint8', shape: [3, undefined] };
    expect(read([board], given('board', 'UINT8', [3, 1], [1, 2, 3])).rows).toBe(1);
    expect(() => read([image], given('image', 'UINT8', [2, 1], [1, 2]))).toThrow(
      'inputs[0].shape: expected [1, any] for "image", got [2, 1]',
    );
  });

  it.each<[InferInput[], string]>([
    [[given('count', 'INT64', [1, 1], [7])], 'inputs: expected count, scores, but "scores" is missing'],
    [
      [given('count', 'INT64', [1, 1], [7]), given('count', 'INT64', [1, 1], [7], 1)],
      'inputs[1].name: expected every input once, got "count" twice',
    ],
    [
      [given('Count', 'INT64', [1, 1], [7])],
      'inputs[0].name: expected an input of the model (count, scores), got text "Count"',
    ],
    [
      [given('count', 'INT32', [1, 1], [7]), given('scores', 'FP32', [1, 2], [1, 2], 1)],
      'inputs[0].datatype: expected INT64, the type of "count", got text "INT32"',
    ],
    [
      [given('count', 'INT64', [1, 1], [7]), given('scores', 'FP16', [1, 2], [1, 2], 1)],
      'inputs[1].datatype: expected FP32, the type of "scores"; such numbers must be converted before, got text "FP16"',
    ],
    [
      [given('count', 'INT64', [1], [7]), given('scores', 'FP32', [1, 2], [1, 2], 1)],
      'inputs[0].shape: expected [any, 1] for "count", got [1]',
    ],
    [
      [given('count', 'INT64', [1, 1], [7]), given('scores', 'FP32', [1, 3], [1, 2, 3], 1)],
      'inputs[1].shape: expected [any, 2] for "scores", got [1, 3]',
    ],
    [
      [given('count', 'INT64', [1, 1], [7]), given('scores', 'FP32', [2, 2], [1, 2, 3, 4], 1)],
      'inputs[1].shape[0]: expected 1 rows as in inputs[0], got 2',
    ],
    [
      [given('count', 'INT64', [0, 1], []), given('scores', 'FP32', [0, 2], [], 1)],
      'inputs[0].shape[0]: expected at least 1 row, got 0',
    ],
  ])('are refused when they do not fit the model (%#)', (inputs, message) => {
    expect(() => read([count, scores], ...inputs)).toThrow(message);
  });

  it('are shown in messages in a few words, whatever was sent', () => {
    const shape = Array<number>(100_000).fill(1);
    expect(() => read([count], given('count', 'INT64', shape, [1]))).toThrow(/got \[(1, ){16}…\]$/);
    const name = 'x'.repeat(100_000);
    expect(() => read([count], given(name, 'INT64', [1, 1], [1]))).toThrow(/got text "x{40}…"$/);
  });

  it('may be empty inside, but not to claim memory for nothing', () => {
    const sequence: TensorSpec = { name: 'sequence', type: 'float32', shape: [undefined, undefined] };
    expect(read([sequence], given('sequence', 'FP32', [2, 0], [])).rows).toBe(2);
    expect(() => read([sequence], given('sequence', 'FP32', [2 ** 40, 0], []))).toThrow(
      'inputs[0].shape: expected lengths of at most 1048576 together beside a 0',
    );
  });
});

describe('the wanted outputs', () => {
  const metadata = { inputs: [count], outputs: [count, scores] };

  it('are outputs of the model, each once', () => {
    const wanted = (name: string, at: number): Parameters<typeof requireOutputs>[0][number] => ({
      place: `outputs[${at}]`,
      name,
      isBinary: false,
    });
    expect(() => requireOutputs([wanted('scores', 0)], metadata)).not.toThrow();
    expect(() => requireOutputs([wanted('label', 0)], metadata)).toThrow(
      'outputs[0].name: expected an output of the model (count, scores), got text "label"',
    );
    expect(() => requireOutputs([wanted('count', 0), wanted('count', 1)], metadata)).toThrow(
      'outputs[1].name: expected every output once, got "count" twice',
    );
  });
});

describe('a body of raw data', () => {
  const raw = (spec: TensorSpec, body: Buffer): unknown =>
    read([spec], rawInput(body, [spec])).inputs[spec.name];

  it('has the rows that its length makes', () => {
    const bytes = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer);
    expect(raw(scores, bytes)).toEqual({ type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
    expect(() => raw(scores, bytes.subarray(1))).toThrow(
      'body: expected a multiple of 8 bytes for "scores", got 15',
    );
  });

  it('is one element of text', () => {
    const word: TensorSpec = { name: 'word', type: 'string', shape: [undefined, 1] };
    expect(raw(word, Buffer.from('a whole text'))).toEqual({
      type: 'string',
      dims: [1, 1],
      data: ['a whole text'],
    });
  });

  it('is only for one input whose shape it decides', () => {
    expect(() => rawInput(Buffer.alloc(8), [count, scores])).toThrow('since the model has 2 inputs');
    const free: TensorSpec = { name: 'free', type: 'float32', shape: [undefined, undefined] };
    expect(() => rawInput(Buffer.alloc(8), [free])).toThrow('since more than one length of "free" is free');
  });
});
