import { allocateShared } from '../tensors/slab';
import type { Tensor, Tensors } from '../tensors/tensor';
import { fitsTogether, joinParts, splitOutputs } from './batch';

describe('rows of several requests in one run', () => {
  it('are joined without a copy when they lie side by side, as small inputs do', () => {
    allocateShared(Float64Array, 100); // Whatever was before.
    const parts = [1, 2, 3].map((value) => {
      const data = allocateShared(Float64Array, 2);
      return part({ x: tensor([1, 2], data.fill(value)) }, 1);
    });

    const { x } = joinParts(parts, 3);
    expect(x).toMatchObject({ dims: [3, 2], data: Float64Array.of(1, 1, 2, 2, 3, 3) });
    expect((x?.data as Float64Array).buffer).toBe((parts[0]?.inputs['x']?.data as Float64Array).buffer);
  });

  it('are copied in their order when they do not', () => {
    const memory = Float64Array.of(1, 2, 3, 4);
    const other = Float64Array.of(9);
    for (const pieces of [
      [memory.subarray(2, 4), memory.subarray(0, 2)],
      [memory.subarray(0, 1), memory.subarray(2, 3)],
      [memory.subarray(0, 1), other, memory.subarray(1, 2)],
    ]) {
      const parts = pieces.map((data) => part({ x: tensor([data.length], data) }, data.length));
      const values = pieces.flatMap((data) => [...data]);
      const rows = values.length;
      expect(joinParts(parts, rows)).toEqual({ x: tensor([rows], Float64Array.from(values)) });
    }
  });

  it('stay as they are when there is one request', () => {
    const inputs = { x: tensor([1], Float64Array.of(1)) };
    expect(joinParts([part(inputs, 1)], 1)).toBe(inputs);
  });

  it('are split where each request ends, every output of them', () => {
    const outputs = {
      label: { type: 'string' as const, dims: [4], data: ['a', 'b', 'c', 'd'] },
      scores: tensor([4, 2], Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
    };
    const parts = [part({}, 1), part({}, 2), part({}, 1)];
    expect(splitOutputs(outputs, parts, 4)).toEqual([
      { label: { type: 'string', dims: [1], data: ['a'] }, scores: tensor([1, 2], Float64Array.of(1, 2)) },
      {
        label: { type: 'string', dims: [2], data: ['b', 'c'] },
        scores: tensor([2, 2], Float64Array.of(3, 4, 5, 6)),
      },
      { label: { type: 'string', dims: [1], data: ['d'] }, scores: tensor([1, 2], Float64Array.of(7, 8)) },
    ]);
  });

  it('are never guessed at when the model gives another number of rows', () => {
    const outputs = { y: tensor([1], Float64Array.of(1)) };
    expect(() => splitOutputs(outputs, [part({}, 1), part({}, 1)], 2)).toThrow(
      '1 rows of output y for 2 rows',
    );
  });

  it('fit together when the lengths inside are equal', () => {
    const of = (...dims: number[]): Tensors => ({ x: tensor(dims, new Float64Array(0)) });
    expect(fitsTogether(of(1, 3, 4), of(7, 3, 4))).toBe(true);
    expect(fitsTogether(of(1, 3, 4), of(1, 4, 3))).toBe(false);
    expect(fitsTogether(of(1, 3), of(1, 3, 1))).toBe(false);
  });
});

function tensor(dims: readonly number[], data: Float64Array): Tensor {
  return { type: 'float64', dims, data };
}

function part(inputs: Tensors, rows: number): { inputs: Tensors; rows: number } {
  return { inputs, rows };
}
