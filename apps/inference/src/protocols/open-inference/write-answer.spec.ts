import type { Tensors, TensorSpec } from '../../tensors/tensor';
import { writeAnswer, type WrittenAnswer } from './write-answer';

const head = { id: 'my "id"', modelName: 'digits', modelVersion: '3' };
const specs: TensorSpec[] = [
  { name: 'label', type: 'int64', shape: [undefined] },
  { name: 'scores', type: 'float32', shape: [undefined, 2] },
];
const outputs: Tensors = {
  label: { type: 'int64', dims: [1], data: BigInt64Array.of(9007199254740993n) },
  scores: { type: 'float32', dims: [1, 2], data: Float32Array.of(0.5, 0.25) },
};

function write(
  wanted: readonly (readonly [name: string, isBinary: boolean])[],
  isBinaryWanted = false,
): WrittenAnswer {
  const chosen = wanted.map(([name, isBinary], at) => ({ place: `outputs[${at}]`, name, isBinary }));
  return writeAnswer(head, outputs, specs, { outputs: chosen, isBinaryWanted });
}

describe('an answer', () => {
  it('holds all outputs as JSON, numbers with all their digits', () => {
    expect(write([])).toEqual({
      contentType: 'application/json',
      body:
        '{"model_name":"digits","model_version":"3","id":"my \\"id\\"","outputs":[' +
        '{"name":"label","datatype":"INT64","shape":[1],"data":[9007199254740993]},' +
        '{"name":"scores","datatype":"FP32","shape":[1,2],"data":[0.5,0.25]}]}',
    });
  });

  it('holds the wanted outputs in the wanted order, the binary ones behind the JSON', () => {
    const { contentType, headers, body } = write([
      ['scores', true],
      ['label', false],
    ]);
    const length = Number(headers?.['inference-header-content-length']);
    expect(contentType).toBe('application/octet-stream');
    expect(JSON.parse((body as Buffer).subarray(0, length).toString())).toMatchObject({
      outputs: [
        { name: 'scores', datatype: 'FP32', shape: [1, 2], parameters: { binary_data_size: 8 } },
        { name: 'label', shape: [1], data: [expect.any(Number)] },
      ],
    });
    expect((body as Buffer).subarray(length)).toEqual(Buffer.from(Float32Array.of(0.5, 0.25).buffer));
  });

  it('is all binary when the request says so', () => {
    const { headers, body } = write([], true);
    expect((body as Buffer).length - Number(headers?.['inference-header-content-length'])).toBe(8 + 8);
  });

  it('takes only the part of a batch that is its own', () => {
    const batch = Float32Array.of(1, 2, 3, 4);
    const own: Tensors = { scores: { type: 'float32', dims: [1, 2], data: batch.subarray(2, 4) } };
    const { body } = writeAnswer(head, own, specs.slice(1), { outputs: [], isBinaryWanted: true });
    expect((body as Buffer).subarray(-8)).toEqual(Buffer.from(Float32Array.of(3, 4).buffer));
  });
});
