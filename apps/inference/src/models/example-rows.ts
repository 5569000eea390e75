import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemError } from '@tidegate/schemas';
import type { EngineMetadata, ModelFolder } from '../engine/model-engine';
import { fitsTogether } from '../execution/batch';
import { ELEMENT_CODECS } from '../tensors/element-codec';
import { InstanceReader } from '../tensors/instance-reader';
import { layoutOf } from '../tensors/row-layout';
import type { Tensor, Tensors, TensorSpec } from '../tensors/tensor';
import { sizeOf } from '../tensors/shape';

/** Rows to try a model with. */
export interface ExampleRows {
  readonly first: Tensors;
  /** Other rows of the same shape, the likeliest to be valid first; none is certain to be. */
  readonly others: readonly Tensors[];
  /** The model may rightly fail on `first`: its lengths or texts are made up. */
  readonly isGuess: boolean;
}

/** For lengths that the model leaves open. */
const GUESSED_LENGTH = 8;

/** Rows of the model's own input example; without one, zeros. */
export async function exampleRowsOf(metadata: EngineMetadata, folder: ModelFolder): Promise<ExampleRows> {
  const [given, second] = await givenRows(metadata, folder);
  const first = given ?? filled(metadata.inputs, 0);
  const others = second !== undefined && fitsTogether(first, second) ? [second] : [];
  return {
    first,
    others: [...others, sameShape(first, 1), sameShape(first, 0)].filter((row) => !isSame(row, first)),
    isGuess: given === undefined && metadata.inputs.some(isOpen),
  };
}

function isOpen({ type, shape }: TensorSpec): boolean {
  return type === 'string' || shape.some((length, index) => index > 0 && length === undefined);
}

/** An example that does not fit the model's inputs (it belongs to the MLflow signature) is passed over. */
async function givenRows({ inputs, outputs }: EngineMetadata, folder: ModelFolder): Promise<Tensors[]> {
  const file = folder.mlmodel.inputExample?.servingInputPath;
  if (file === undefined) return [];
  const text = await readFile(join(folder.path, file), 'utf8').catch(() => undefined);
  const reader = new InstanceReader(inputs, layoutOf({ inputs, outputs }));
  try {
    return instancesOf(text).map((instance) => reader.read([instance], 0, 1));
  } catch (error) {
    if (error instanceof ProblemError) return [];
    throw error;
  }
}

/** The first two rows of a body for `/invocations`: `inputs` (rows, or columns by name) or `dataframe_split`. */
function instancesOf(text: string | undefined): unknown[] {
  const body = text === undefined ? undefined : parseObject(text);
  const split = body?.dataframe_split as { columns?: unknown; data?: unknown } | undefined;
  if (Array.isArray(split?.columns) && Array.isArray(split.data)) {
    const { columns } = split;
    return split.data
      .slice(0, 2)
      .filter(Array.isArray)
      .map((row: unknown[]) => Object.fromEntries(columns.map((name, index) => [String(name), row[index]])));
  }
  const inputs = body?.inputs;
  if (Array.isArray(inputs)) return inputs.slice(0, 2);
  if (typeof inputs !== 'object' || inputs === null) return [];
  const columns = Object.entries(inputs);
  const lengths = columns.map(([, column]) => (Array.isArray(column) ? column.length : 1));
  return Array.from({ length: Math.min(2, ...lengths) }, (_, row) =>
    Object.fromEntries(
      columns.map(([name, column]) => [name, Array.isArray(column) ? (column[row] as unknown) : column]),
    ),
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

function filled(inputs: readonly TensorSpec[], value: 0 | 1): Tensors {
  return Object.fromEntries(
    inputs.map(({ name, type, shape }) => {
      const dims = shape.map((length, index) => length ?? (index === 0 ? 1 : GUESSED_LENGTH));
      return [name, tensorOf(type, dims, value)];
    }),
  );
}

function sameShape(row: Tensors, value: 0 | 1): Tensors {
  return Object.fromEntries(
    Object.entries(row).map(([name, { type, dims }]) => [name, tensorOf(type, dims, value)]),
  );
}

function tensorOf(type: Tensor['type'], dims: readonly number[], value: 0 | 1): Tensor {
  const data = ELEMENT_CODECS[type].allocate(sizeOf(dims));
  if (Array.isArray(data)) data.fill(String(value));
  else if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.fill(BigInt(value));
  else data.fill(value);
  return { type, dims, data };
}

function isSame(a: Tensors, b: Tensors): boolean {
  return Object.entries(a).every(([name, { data }]) => {
    const other = b[name]?.data;
    return data.every((value: unknown, index: number) => value === other?.[index]);
  });
}
