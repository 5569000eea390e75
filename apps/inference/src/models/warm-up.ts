import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@tidegate/clock';
import { ProblemError } from '@tidegate/schemas';
import type { LoadedEngine, ModelFolder } from '../engine/model-engine';
import type { Tensor, Tensors, TensorSpec } from '../engine/tensor';
import { ELEMENT_CODECS } from '../predict/element-codec';
import { InstanceReader } from '../predict/instance-reader';
import type { RowLayout } from '../predict/row-layout';

/** The first runs allocate and are slow: the best of these says what a run costs. */
const RUNS = 5;

/**
 * Runs one row of the model's own input example, or of zeros when all other lengths are known, and measures it.
 * Undefined when neither is possible. Rejects when the model fails on it: such a version must not be served.
 */
export async function warmUp(
  engine: LoadedEngine,
  folder: ModelFolder,
  layout: RowLayout,
  clock: Clock,
): Promise<number | undefined> {
  const inputs = (await exampleOf(engine, folder, layout)) ?? zerosFor(engine.metadata.inputs);
  if (inputs === undefined) return undefined;
  let bestMs = Infinity;
  for (let run = 0; run < RUNS; run += 1) {
    const startedMs = clock.monotonicMs();
    await engine.run(inputs);
    bestMs = Math.min(bestMs, clock.monotonicMs() - startedMs);
  }
  return bestMs;
}

/** An example that does not fit the ONNX inputs (it belongs to the MLflow signature) is passed over. */
async function exampleOf(
  engine: LoadedEngine,
  folder: ModelFolder,
  layout: RowLayout,
): Promise<Tensors | undefined> {
  const file = folder.mlmodel.inputExample?.servingInputPath;
  if (file === undefined) return undefined;
  const text = await readFile(join(folder.path, file), 'utf8').catch(() => undefined);
  const instance = text === undefined ? undefined : firstInstance(text);
  if (instance === undefined) return undefined;
  try {
    return new InstanceReader(engine.metadata.inputs, layout).read([instance], 0, 1);
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

/** The first row of a body for `/invocations`: `inputs` (rows, or columns by name) or `dataframe_split`. */
function firstInstance(text: string): unknown {
  const body = parseObject(text);
  const split = body?.dataframe_split as { columns?: unknown; data?: unknown } | undefined;
  if (Array.isArray(split?.columns) && Array.isArray(split.data)) {
    const row = (split.data as readonly unknown[])[0];
    if (!Array.isArray(row)) return undefined;
    return Object.fromEntries(split.columns.map((name, index) => [String(name), row[index] as unknown]));
  }
  const inputs = body?.inputs;
  if (Array.isArray(inputs)) return (inputs as readonly unknown[])[0];
  if (typeof inputs !== 'object' || inputs === null) return undefined;
  return Object.fromEntries(
    Object.entries(inputs).map(([name, column]) => [
      name,
      Array.isArray(column) ? (column as readonly unknown[])[0] : column,
    ]),
  );
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function zerosFor(inputs: readonly TensorSpec[]): Tensors | undefined {
  const tensors: Record<string, Tensor> = {};
  for (const { name, type, shape } of inputs) {
    const dims = shape.map((length, index) => length ?? (index === 0 ? 1 : undefined));
    if (!dims.every((length) => length !== undefined)) return undefined;
    const data = ELEMENT_CODECS[type].allocate(dims.reduce((product, length) => product * length, 1));
    tensors[name] = { type, dims, data: Array.isArray(data) ? data.fill('') : data };
  }
  return tensors;
}
