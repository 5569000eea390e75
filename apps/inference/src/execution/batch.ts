import type { Tensor, TensorData, Tensors } from '../tensors/tensor';

/** Tensors of one request among those of a batch. */
export interface BatchPart {
  readonly inputs: Tensors;
  readonly rows: number;
}

/** Whether rows of both can be in one tensor: the same inputs, and the same lengths after the first dimension. */
export function fitsTogether(first: Tensors, other: Tensors): boolean {
  for (const name in first) {
    const a = first[name]?.dims;
    const b = other[name]?.dims;
    if (a === undefined || b === undefined || a.length !== b.length) return false;
    for (let index = 1; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  }
  return true;
}

/** One tensor of each input with the rows of all parts, in order. */
export function joinParts(parts: readonly BatchPart[], rows: number): Tensors {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first?.inputs ?? {};
  const joined: Record<string, Tensor> = {};
  for (const name of Object.keys(first.inputs)) {
    const tensors = parts.map((part) => part.inputs[name] as Tensor);
    const [{ type, dims }] = tensors as [Tensor];
    joined[name] = {
      type,
      dims: [rows, ...dims.slice(1)],
      data: concatenated(tensors.map(({ data }) => data)),
    };
  }
  return joined;
}

function concatenated(all: readonly TensorData[]): TensorData {
  const [first] = all as [TensorData];
  if (Array.isArray(first)) return (all as readonly string[][]).flat();
  const length = all.reduce((sum, data) => sum + data.length, 0);
  const whole = areNeighbours(all as readonly Float32Array[]);
  if (whole) return new (first.constructor as ArrayType)(first.buffer, first.byteOffset, length);
  const joined = new (first.constructor as ArrayType)(length);
  let position = 0;
  for (const data of all) {
    joined.set(data as Float32Array, position);
    position += data.length;
  }
  return joined;
}

type ArrayType = {
  new (length: number): Float32Array;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Float32Array;
};

/** Whether each begins where the one before ends: small inputs mostly do, and then nothing has to be copied. */
function areNeighbours(all: readonly Float32Array[]): boolean {
  for (let index = 1; index < all.length; index += 1) {
    const before = all[index - 1] as Float32Array;
    const next = all[index] as Float32Array;
    if (next.buffer !== before.buffer || next.byteOffset !== before.byteOffset + before.byteLength)
      return false;
  }
  return true;
}

/**
 * The outputs of each part, as views of the same memory.
 *
 * @throws Error when an output has another number of rows than the batch, which the warm-up rules out.
 */
export function splitOutputs(outputs: Tensors, parts: readonly BatchPart[], rows: number): Tensors[] {
  if (parts.length === 1) return [outputs];
  const names = Object.keys(outputs);
  for (const name of names) {
    const given = outputs[name]?.dims[0];
    if (given !== rows) throw new Error(`The model gave ${given} rows of output ${name} for ${rows} rows.`);
  }
  let first = 0;
  return parts.map((part) => {
    const own: Record<string, Tensor> = {};
    for (const name of names) own[name] = rowsOf(outputs[name] as Tensor, first, part.rows, rows);
    first += part.rows;
    return own;
  });
}

function rowsOf({ type, dims, data }: Tensor, first: number, count: number, rows: number): Tensor {
  const stride = data.length / rows;
  const start = first * stride;
  const end = start + count * stride;
  const own = Array.isArray(data) ? data.slice(start, end) : data.subarray(start, end);
  const ownDims = dims.slice();
  ownDims[0] = count;
  return { type, dims: ownDims, data: own };
}
