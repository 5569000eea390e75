import type { Tensor, Tensors, TensorSpec } from '../engine/tensor';
import { ELEMENT_CODECS } from './element-codec';
import type { RowLayout } from './row-layout';

/**
 * Turns output tensors into one prediction per instance: with one output its bare value or (nested) array, with
 * several an object by output name. Integers beyond 2^53 become text; NaN and infinities become null in JSON.
 */
export class PredictionWriter {
  private readonly names: readonly string[];

  constructor(
    outputs: readonly TensorSpec[],
    private readonly layout: RowLayout,
  ) {
    this.names = outputs.map((output) => output.name);
  }

  /** @throws Error when the model gave another number of rows than it got, which its metadata rules out. */
  write(outputs: Tensors, count: number): unknown[] {
    const columns = this.names.map((name) => this.rowsOf(name, outputs[name], count));
    const [only] = columns;
    if (columns.length === 1 && only !== undefined) return only;
    return Array.from({ length: count }, (_, row) =>
      Object.fromEntries(this.names.map((name, index) => [name, columns[index]?.[row]])),
    );
  }

  private rowsOf(name: string, tensor: Tensor | undefined, count: number): unknown[] {
    if (tensor === undefined)
      throw new Error(`The model gave no output ${name}, which its metadata promises.`);
    const { dims } = tensor;
    if (!this.layout.isStacked) {
      const hasRow = this.layout.hasRowDimension && dims[0] === 1;
      return [nested(tensor, hasRow ? dims.slice(1) : dims, 0)];
    }
    if (dims[0] !== count) {
      throw new Error(`The model gave ${dims[0]} rows of output ${name} for ${count} instances.`);
    }
    const rowShape = dims.slice(1);
    const rowLength = rowShape.reduce((product, length) => product * length, 1);
    return Array.from({ length: count }, (_, row) => nested(tensor, rowShape, row * rowLength));
  }
}

function nested(tensor: Tensor, shape: readonly number[], start: number): unknown {
  const [length, ...inner] = shape;
  if (length === undefined) return ELEMENT_CODECS[tensor.type].read(tensor.data, start);
  const stride = inner.reduce((product, each) => product * each, 1);
  const items = new Array<unknown>(length);
  for (let index = 0; index < length; index += 1)
    items[index] = nested(tensor, inner, start + index * stride);
  return items;
}
