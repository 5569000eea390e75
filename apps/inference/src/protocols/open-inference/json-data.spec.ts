import type { TensorType } from '../../tensors/tensor';
import { parseWithExactIntegers } from '../exact-integers';
import { readJsonData, writeJsonData } from './json-data';

function read(type: TensorType, shape: readonly number[], text: string): unknown[] {
  const items = JSON.parse(text) as unknown[];
  const exactItems = (): unknown[] => parseWithExactIntegers(text) as unknown[];
  return [...readJsonData(type, shape, { items, exactItems }, 'data')];
}

describe('JSON data of a tensor', () => {
  it('is flat or nested as its shape says, in row-major order', () => {
    for (const text of ['[1,2,3,4,5,6]', '[[1,2,3],[4,5,6]]']) {
      expect(read('int16', [2, 3], text)).toEqual([1, 2, 3, 4, 5, 6]);
    }
    expect(read('float64', [2, 1, 2], '[[[1,2]],[[3,4]]]')).toEqual([1, 2, 3, 4]);
    expect(read('float64', [], '[1.5]')).toEqual([1.5]);
    expect(read('float64', [2, 0, 3], '[[],[]]')).toEqual([]);
    expect(read('float64', [2, 0, 3], '[]')).toEqual([]);
  });

  it.each([
    [[2, 3], '[1,2,3,4,5]', 'data: expected an array of 6 (the shape is 2 × 3), got an array of 5'],
    [[2, 3], '[[1,2],[3,4],[5,6]]', 'data: expected an array of 2 (the shape is 2 × 3), got an array of 3'],
    [[2, 3], '[[1,2,3],[4,5]]', 'data[1]: expected an array of 3 (the shape is 2 × 3), got an array of 2'],
    [[2, 3], '[[1,2,3],4]', 'data[1]: expected an array of 3 (the shape is 2 × 3), got 4'],
    [[2], '[[1],[2]]', 'data[0]: expected a float32 number, got an array of 1'],
    [[2, 1], '[[1],[[2]]]', 'data[1][0]: expected a float32 number, got an array of 1'],
    [[1e9, 1e9], '[]', 'data: expected an array of 1000000000000000000 (the shape is'],
    [[], '[]', 'data: expected an array of 1 (the shape is that of one value), got an array of 0'],
  ])('of shape %j is not %s', (shape, text, message) => {
    expect(() => read('float32', shape, text)).toThrow(message);
  });

  it.each<[TensorType, string, string]>([
    ['float32', '[0,"NaN"]', 'data[1]: expected a float32 number, got text "NaN"'],
    ['float32', '[null,0]', 'data[0]: expected a float32 number, got null'],
    ['float32', '[0,1e39]', 'data[1]: expected a float32 number, got 1e+39'],
    ['uint8', '[0,256]', 'data[1]: expected a whole number from 0 to 255, got 256'],
    ['bool', '[true,1]', 'data[1]: expected true or false, got 1'],
    ['string', '["a",1]', 'data[1]: expected text without U+0000, got 1'],
    ['string', '["a","b\\u0000c"]', 'data[1]: expected text without U+0000, got text "b\\u0000c"'],
    ['string', '["a","\\ud800"]', 'data[1]: expected text without U+0000, got text'],
    [
      'int64',
      '[1,1.5]',
      'data[1]: expected a whole number from -9223372036854775808 to 9223372036854775807, got 1.5',
    ],
    ['int64', '[1,9223372036854775808]', 'data[1]: expected a whole number from'],
    ['int64', '[1,true]', 'got true'],
    ['uint64', '[1,-1]', 'data[1]: expected a whole number from 0 to 18446744073709551615, got -1'],
  ])('%s takes no %s', (type, text, message) => {
    expect(() => read(type, [2], text)).toThrow(message);
  });

  it('keeps every digit of integers beyond 2^53, sent as numbers or as text', () => {
    expect(read('int64', [2, 2], '[[9007199254740993,-9223372036854775808],[7,"9007199254740993"]]')).toEqual(
      [9007199254740993n, -(2n ** 63n), 7n, 9007199254740993n],
    );
    expect(read('uint64', [1], '[18446744073709551615]')).toEqual([2n ** 64n - 1n]);
    expect(() => read('int64', [3], '[9007199254740993, 1, 1.5]')).toThrow(
      'data[2]: expected a whole number',
    );
  });

  it('is written flat, with all digits, and with null for what JSON cannot say', () => {
    const dims = [1];
    expect(writeJsonData({ type: 'int64', dims, data: BigInt64Array.of(9007199254740993n, -1n) })).toBe(
      '[9007199254740993,-1]',
    );
    expect(writeJsonData({ type: 'float32', dims, data: Float32Array.of(0.5, NaN, -Infinity) })).toBe(
      '[0.5,null,null]',
    );
    expect(writeJsonData({ type: 'bool', dims, data: Uint8Array.of(1, 0) })).toBe('[true,false]');
    expect(writeJsonData({ type: 'string', dims, data: ['gäte "🌊"'] })).toBe('["gäte \\"🌊\\""]');
  });
});
