import type { Tensors, TensorSpec } from './tensor';
import { PredictionWriter } from './prediction-writer';
import { layoutOf } from './row-layout';

const rows: TensorSpec = { name: 'x', type: 'float32', shape: [undefined, 2] };

function writer(...outputs: TensorSpec[]): PredictionWriter {
  return new PredictionWriter(outputs, layoutOf({ inputs: [rows], outputs }));
}

function written(writer: PredictionWriter, tensors: Tensors, count: number): unknown[] {
  return writer.rowTexts(tensors, count).map((text): unknown => JSON.parse(text));
}

describe('writing predictions', () => {
  const label: TensorSpec = { name: 'label', type: 'int64', shape: [undefined] };
  const scores: TensorSpec = { name: 'scores', type: 'float32', shape: [undefined, 2] };

  it('gives the bare value per row for one output, an object by name for several', () => {
    const labels = { type: 'int64', dims: [2], data: BigInt64Array.of(3n, -(2n ** 60n)) } as const;
    const probabilities = { type: 'float32', dims: [2, 2], data: Float32Array.of(0.5, 0.25, 1, 0) } as const;

    expect(written(writer(label), { label: labels }, 2)).toEqual([3, '-1152921504606846976']);
    expect(written(writer(label, scores), { label: labels, scores: probabilities }, 2)).toEqual([
      { label: 3, scores: [0.5, 0.25] },
      { label: '-1152921504606846976', scores: [1, 0] },
    ]);
  });

  it('writes booleans, text and deeper arrays', () => {
    const flag: TensorSpec = { name: 'flag', type: 'bool', shape: [undefined, 2, 1] };
    const data = Uint8Array.of(1, 0, 0, 1);
    expect(written(writer(flag), { flag: { type: 'bool', dims: [2, 2, 1], data } }, 2)).toEqual([
      [[true], [false]],
      [[false], [true]],
    ]);
    const word: TensorSpec = { name: 'word', type: 'string', shape: [undefined] };
    expect(written(writer(word), { word: { type: 'string', dims: [1], data: ['tide'] } }, 1)).toEqual([
      'tide',
    ]);
  });

  it('refuses to guess which row belongs to which instance', () => {
    const outputs = { label: { type: 'int64', dims: [1], data: BigInt64Array.of(3n) } } as const;
    expect(() => written(writer(label), outputs, 2)).toThrow('1 rows of label for 2 instances');
  });

  it('gives the whole output of a model that does not count rows', () => {
    const sum: TensorSpec = { name: 'sum', type: 'float64', shape: [] };
    const outputs = { sum: { type: 'float64', dims: [], data: Float64Array.of(6) } } as const;
    expect(written(writer(sum), outputs, 1)).toEqual([6]);
  });
});
