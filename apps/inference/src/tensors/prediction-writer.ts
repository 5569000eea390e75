import { ProblemError } from '@tidegate/schemas';
import type { Tensor, Tensors, TensorSpec } from './tensor';
import { ELEMENT_CODECS } from './element-codec';
import type { RowLayout } from './row-layout';
import { sizeOf } from './shape';

/**
 * Writes tensors as JSON, one text a row: with one tensor its bare value or (nested) array, with several an object by
 * name. Integers beyond 2^53 become text; NaN and infinities become null.
 */
export class PredictionWriter {
  private readonly names: readonly string[];
  /** What stands before the value of each name in the object of a row. */
  private readonly keys: readonly string[];

  constructor(
    specs: readonly TensorSpec[],
    private readonly layout: RowLayout,
  ) {
    this.names = specs.map((spec) => spec.name);
    this.keys = this.names.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  }

  /** @throws ProblemError `MODEL_FAILED` when the model gave another number of rows than it got. */
  rowTexts(tensors: Tensors, count: number): string[] {
    const columns = this.names.map((name) => this.columnOf(name, tensors[name], count));
    const texts = new Array<string>(count);
    for (let row = 0; row < count; row += 1) texts[row] = this.rowText(columns, row);
    return texts;
  }

  private rowText(columns: readonly Column[], row: number): string {
    if (columns.length === 1) return textOf(columns[0] as Column, row);
    let text = '';
    for (let index = 0; index < columns.length; index += 1) {
      text += (this.keys[index] as string) + textOf(columns[index] as Column, row);
    }
    return `${text}}`;
  }

  private columnOf(name: string, tensor: Tensor | undefined, count: number): Column {
    if (tensor === undefined) throw failed(`no tensor ${name}, which its metadata promises`);
    const { dims } = tensor;
    const hasRows = this.layout.isStacked || (this.layout.hasRowDimension && dims[0] === 1);
    if (hasRows && dims[0] !== count) {
      throw failed(`${dims[0]} rows of ${name} for ${count} instances`);
    }
    const shape = hasRows ? dims.slice(1) : dims;
    return { tensor, shape, stride: sizeOf(shape) };
  }
}

function failed(given: string): ProblemError {
  return new ProblemError('MODEL_FAILED', { detail: `The model gave ${given}.` });
}

/** One tensor, and what a row of it is. */
interface Column {
  readonly tensor: Tensor;
  readonly shape: readonly number[];
  readonly stride: number;
}

function textOf({ tensor, shape, stride }: Column, row: number): string {
  return JSON.stringify(nested(tensor, shape, row * stride));
}

function nested(tensor: Tensor, shape: readonly number[], start: number): unknown {
  const [length] = shape;
  const codec = ELEMENT_CODECS[tensor.type];
  if (length === undefined) return codec.read(tensor.data, start);
  const items = new Array<unknown>(length);
  if (shape.length === 1) {
    for (let index = 0; index < length; index += 1) items[index] = codec.read(tensor.data, start + index);
    return items;
  }
  const inner = shape.slice(1);
  const stride = sizeOf(inner);
  for (let index = 0; index < length; index += 1)
    items[index] = nested(tensor, inner, start + index * stride);
  return items;
}
