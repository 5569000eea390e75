import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tidegate/clock';
import { parseMlmodel } from '@tidegate/mlflow-client';
import type { LoadedEngine, ModelFolder } from '../engine/model-engine';
import type { Tensor, Tensors, TensorSpec } from '../tensors/tensor';
import { type ModelProbe, probeModel } from './warm-up';

describe('the warm-up of a model', () => {
  let folder: ModelFolder;

  beforeEach(async () => {
    const path = await mkdtemp(join(tmpdir(), 'tidegate-test-warm-up-'));
    folder = { path, mlmodel: parseMlmodel('flavors:\n  onnx:\n    data: model.onnx\n') };
  });

  afterEach(() => rm(folder.path, { recursive: true }));

  it('finds rows independent whose values do not change in company', async () => {
    expect(await probe((rows) => rows.map(([a = 0, b = 0]) => [a * 2, b + 1]))).toMatchObject({
      runMs: expect.any(Number) as number,
      manyRowsMs: expect.any(Number) as number,
      givesRowPerRow: true,
      areRowsIndependent: true,
    });
  });

  it('keeps requests apart when rows change each other, though equal rows stay equal', async () => {
    expect(await probe(centred)).toMatchObject({ givesRowPerRow: true, areRowsIndependent: false });
  });

  it.each<[string, (rows: number[][]) => number[][]]>([
    ['adds up its rows', (rows) => [columnSums(rows)]],
    ['gives more rows than it gets', (rows) => [...rows, ...rows]],
    ['gives none for zeros', (rows) => rows.filter(([first]) => first !== 0)],
    [
      'takes only one row, whatever it declares',
      (rows) => {
        if (rows.length > 1) throw new Error('the shapes do not fit');
        return rows;
      },
    ],
  ])('makes each instance a run of its own when the model %s', async (_, model) => {
    expect(await probe(model)).toMatchObject({ givesRowPerRow: false, areRowsIndependent: false });
  });

  it('tries the two first rows of the input example, not made-up ones', async () => {
    await giveExample({ inputs: [[5, 6], [7, 8], [9, 9]] }); // prettier-ignore
    const seen: number[][][] = [];
    await probe((rows) => {
      seen.push(rows);
      if (rows.some(([first = 0]) => first < 5)) throw new Error('too small');
      return rows;
    });
    expect(seen[0]).toEqual([[5, 6]]);
    expect(seen).toContainEqual([[5, 6], [7, 8]]); // prettier-ignore
  });

  it('takes another valid row when the example has only one', async () => {
    await giveExample({ inputs: [[1, 1]] });
    const seen: number[][][] = [];
    await probe((rows) => {
      seen.push(rows);
      return rows;
    });
    expect(seen).toContainEqual([[1, 1], [0, 0]]); // prettier-ignore
  });

  it('refuses a model that fails on its own example, or on zeros of the shape it declares', async () => {
    const failing = (): never => {
      throw new Error('Gather got an index out of range');
    };
    await expect(probe(failing)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('Gather got an index out of range') as string,
    });
  });

  it('keeps a model that fails only on what was made up, and its requests apart', async () => {
    const failing = (): never => {
      throw new Error('not a number');
    };
    const unknown = {
      runMs: undefined,
      manyRowsMs: undefined,
      givesRowPerRow: true,
      areRowsIndependent: false,
    };
    expect(await probe(failing, [undefined, undefined])).toEqual(unknown);
    expect(await probe(failing, [undefined, 2], 'string')).toEqual(unknown);
  });

  it('tries a model with open lengths with some length', async () => {
    const wide = await probe((rows) => rows, [undefined, undefined]);
    expect(wide).toMatchObject({ areRowsIndependent: true });
  });

  function probe(
    model: (rows: number[][]) => number[][],
    shape: TensorSpec['shape'] = [undefined, 2],
    type: Tensor['type'] = 'float32',
  ): Promise<ModelProbe> {
    return probeModel(engineOf(model, { name: 'x', type, shape }), folder, systemClock);
  }

  async function giveExample(example: object): Promise<void> {
    await writeFile(join(folder.path, 'serving_input_example.json'), JSON.stringify(example));
    const servingInputPath = 'serving_input_example.json';
    const inputExample = {
      path: 'input_example.json',
      servingInputPath,
      type: 'ndarray',
      pandasOrient: undefined,
    };
    folder = { ...folder, mlmodel: { ...folder.mlmodel, inputExample } };
  }
});

function columnSums(rows: number[][]): number[] {
  return [0, 1].map((column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0));
}

function centred(rows: number[][]): number[][] {
  const means = columnSums(rows).map((sum) => sum / rows.length);
  return rows.map((row) => row.map((value, column) => value - (means[column] ?? 0)));
}

/** A model of two dimensions that computes in JavaScript. */
function engineOf(model: (rows: number[][]) => number[][], input: TensorSpec): LoadedEngine {
  const output: TensorSpec = { name: 'y', type: 'float32', shape: [undefined, undefined] };
  return {
    metadata: { inputs: [input], outputs: [output] },
    run: ({ x }: Tensors): Promise<Tensors> => {
      const [count = 0, width = 0] = x?.dims ?? [];
      const values = Array.from(x?.data ?? [], Number);
      return new Promise((resolve) => {
        const given = Array.from({ length: count }, (_, row) => values.slice(row * width, (row + 1) * width));
        const rows = model(given);
        const data = Float32Array.from(rows.flat());
        resolve({ y: { type: 'float32', dims: [rows.length, rows[0]?.length ?? 0], data } });
      });
    },
    dispose: () => Promise.resolve(),
  };
}
