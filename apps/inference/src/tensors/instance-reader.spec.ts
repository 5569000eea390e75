import type { TensorSpec, TensorType } from './tensor';
import { InstanceReader } from './instance-reader';
import { layoutOf } from './row-layout';

function input(type: TensorType, ...shape: (number | undefined)[]): TensorSpec {
  return { name: 'x', type, shape };
}

const anyRows: TensorSpec = { name: 'y', type: 'float32', shape: [undefined] };

function reader(inputs: readonly TensorSpec[], outputs: readonly TensorSpec[] = [anyRows]): InstanceReader {
  return new InstanceReader(inputs, layoutOf({ inputs, outputs }));
}

function read(spec: TensorSpec, ...instances: unknown[]): unknown {
  const tensor = reader([spec]).read(instances, 0, instances.length)['x'];
  return tensor && { dims: tensor.dims, data: [...tensor.data] };
}

describe('reading instances', () => {
  it('stacks the rows of nested arrays in row-major order', () => {
    const first = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const second = [
      [7, 8, 9],
      [10, 11, 12],
    ];

    expect(read(input('int16', undefined, 2, 3), first, second)).toEqual({
      dims: [2, 2, 3],
      data: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    });
  });

  it('takes a bare value for one value per row', () => {
    expect(read(input('float64', undefined), 1.5, 2)).toEqual({ dims: [2], data: [1.5, 2] });
    expect(read(input('float64', undefined, 1), 1.5, 2)).toEqual({ dims: [2, 1], data: [1.5, 2] });
    expect(read(input('float64', undefined, 1), [1.5], [2])).toEqual({ dims: [2, 1], data: [1.5, 2] });
    expect(() => read(input('float64', undefined, 1), 1.5, [2])).toThrow(
      'instances[1]: expected a float64 number, got an array of 1',
    );
  });

  it('lets the first instance decide free lengths, and holds the others to it', () => {
    const text = input('string', undefined, undefined);

    expect(read(text, ['a', 'b'], ['c', 'd'])).toEqual({ dims: [2, 2], data: ['a', 'b', 'c', 'd'] });
    expect(() => read(text, ['a', 'b'], ['c'])).toThrow(
      'instances[1]: expected an array of 2, got an array of 1',
    );
  });

  it('takes no memory for rows that were only announced', () => {
    const image = input('float32', undefined, 3, 100_000, 100_000);
    expect(() => read(image, ...Array<unknown>(1000).fill([[], [], []]))).toThrow(
      'instances[0][0]: expected an array of 100000 (the shape of x is 3 × 100000 × 100000), got an array of 0',
    );
  });

  it('names the element of a nested array that does not fit', () => {
    const rows = [[[1, 2]], [[3, 256]]];
    expect(() => read(input('uint8', undefined, 1, 2), ...rows)).toThrow(
      'instances[1][0][1]: expected a whole number from 0 to 255, got 256',
    );
  });

  it.each<[TensorType, unknown[], unknown[]]>([
    ['float32', [0, -1.5, 3.4e38], ['1', null, true, {}, Infinity, 3.5e38]],
    ['int8', [-128, 127], [128, 1.5, '1']],
    ['uint32', [0, 4_294_967_295], [-1, 4_294_967_296]],
    ['bool', [true, false], [0, 1, 'true']],
    ['string', ['', 'x', '🌊'], [0, null, 'a\0b', 'a\ud83c']],
  ])('%s takes what fits and nothing else', (type, good, bad) => {
    for (const value of good) expect(() => read(input(type, undefined), value)).not.toThrow();
    for (const value of bad)
      expect(() => read(input(type, undefined), value)).toThrow('instances[0]: expected');
  });

  it('takes integers beyond 2^53 as text only, since as numbers they have lost digits already', () => {
    const wide = input('int64', undefined);

    expect(read(wide, 7, '-9223372036854775808')).toMatchObject({ data: [7n, -(2n ** 63n)] });
    for (const value of [2 ** 53, '9223372036854775808', '1e3', ' 1', '', 1.5]) {
      expect(() => read(wide, value)).toThrow('as text beyond');
    }
    expect(() => read(input('uint64', undefined), '-1')).toThrow('from 0 to 18446744073709551615');
  });

  it('reads named inputs and names the field in question', () => {
    const named = reader([
      { name: 'age', type: 'int32', shape: [undefined, 1] },
      { name: 'scores', type: 'float32', shape: [undefined, 2] },
    ]);
    const good = { age: 40, scores: [1, 2] };
    const failure =
      (instance: unknown): (() => unknown) =>
      () =>
        named.read([good, instance], 0, 2);

    expect(named.read([good, { ...good, age: 41 }], 0, 2)).toMatchObject({
      age: { dims: [2, 1], data: Int32Array.of(40, 41) },
      scores: { dims: [2, 2] },
    });
    expect(failure({ age: 40 })).toThrow('instances[1].scores: expected a value, got nothing');
    expect(failure({ ...good, scores: [1, 'x'] })).toThrow(
      'instances[1].scores[1]: expected a float32 number, got text "x"',
    );
    expect(failure({ ...good, agee: 1 })).toThrow('instances[1]: unknown field "agee"; expected age, scores');
    expect(failure([40])).toThrow(
      'instances[1]: expected an object with the fields age, scores, got an array of 1',
    );
    expect(failure(JSON.parse('{"__proto__": {"age": 1, "scores": [1, 2]}}'))).toThrow(
      'unknown field "__proto__"',
    );
  });

  it('gives a model with a fixed first dimension one instance at a time', () => {
    const image = reader([input('float32', 1, 2)]);
    expect(
      image.read(
        [
          [1, 2],
          [3, 4],
        ],
        1,
        1,
      ),
    ).toEqual({
      x: { type: 'float32', dims: [1, 2], data: Float32Array.of(3, 4) },
    });
    expect(() => image.read([[1, 2], [3]], 1, 1)).toThrow('instances[1]: expected an array of 2');

    const matrix = reader([input('float32', 2, 2)]);
    expect(
      matrix.read(
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
        0,
        1,
      ),
    ).toMatchObject({ x: { dims: [2, 2] } });
  });
});
