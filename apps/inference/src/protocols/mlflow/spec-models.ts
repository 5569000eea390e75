import { ProblemError } from '@tidegate/schemas';
import type { ServedVersion } from '../../models/served-version';
import type { TensorSpec, TensorType } from '../../tensors/tensor';
import { specVersion } from '../spec-version';
import { MlflowProtocol } from './mlflow-protocol';

/* Models for the specs of this folder. */

export const protocol = new MlflowProtocol();
type Shape = TensorSpec['shape'];

export function spec(name: string, type: TensorType, ...shape: Shape): TensorSpec {
  return { name, type, shape };
}

export function served(
  inputs: readonly TensorSpec[],
  signature?: readonly object[],
  outputs = inputs,
  params?: object[],
): ServedVersion {
  const fields = { inputs: JSON.stringify(signature), ...(params && { params: JSON.stringify(params) }) };
  return specVersion(inputs, outputs, signature && fields);
}

export function tensor(dtype: string, shape: readonly number[], name?: string): object {
  return { type: 'tensor', ...(name !== undefined && { name }), 'tensor-spec': { dtype, shape } };
}

export function column(name: string, type: string, required = true): object {
  return { name, type, required };
}

/** What the model is given, as plain values; or why not. */
export function read(version: ServedVersion, body: unknown, type = 'application/json'): unknown {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  try {
    const runs = protocol
      .parse({ path: '', headers: { 'content-type': type }, body: Buffer.from(text) })
      .runs(version);
    return (
      runs.map(({ inputs, rows }) => [
        rows,
        ...Object.values(inputs).map(({ dims, data }) => [dims, Array.from(data as ArrayLike<unknown>)]),
      ])[0] ?? []
    );
  } catch (error) {
    if (error instanceof ProblemError && error.status === 400) return error.message;
    throw error;
  }
}

export const ANY = undefined;
export const matrix = served([spec('x', 'float32', ANY, 2)], [tensor('float32', [-1, 2])]);
export const table = served(
  [spec('x', 'float32', ANY, 3)],
  [column('a', 'double'), column('b', 'long'), column('c', 'float', false)],
);
export const several = served(
  [spec('a', 'float32', ANY, 1), spec('b', 'int64', ANY, 1), spec('c', 'string', ANY, 1)],
  [tensor('float32', [-1, 1], 'a'), tensor('int64', [-1, 1], 'b'), tensor('object', [-1, 1], 'c')],
);
export const vectors = served(
  [spec('a', 'float32', ANY), spec('c', 'string', ANY)],
  [column('a', 'double'), column('c', 'string')],
);
export const integers = served([spec('x', 'int64', ANY, 2)], [tensor('int64', [-1, 2])]);
export const words = served([spec('x', 'string', ANY, 1)], [column('w', 'string')]);
export const untyped = served([spec('x', 'float32', ANY, 2)]);
