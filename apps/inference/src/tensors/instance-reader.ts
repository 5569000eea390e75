import type { ProblemError } from '@tidegate/schemas';
import type { Tensor, TensorData, Tensors, TensorSpec } from './tensor';
import { ELEMENT_CODECS, type ElementCodec } from './element-codec';
import { type RowLayout, rowShapeOf } from './row-layout';
import { unexpected, invalid } from './body-problem';
import { elementAt, indicesText, sizeOf } from './shape';

/**
 * Turns the instances of a request into the tensors of a model. The runtime takes 'x' for NaN and 300 for 44
 * without a word, so every value is checked here; a message names the place, what was expected and what came.
 *
 * A model with one input takes the (nested) array itself as instance, one with several an object by input name.
 */
export class InstanceReader {
  private readonly columns: readonly Column[];
  private readonly names: ReadonlySet<string>;

  constructor(inputs: readonly TensorSpec[], layout: RowLayout) {
    this.columns = inputs.map((input) => new Column(input, layout));
    this.names = new Set(inputs.map((input) => input.name));
  }

  /** The tensors of `count` instances from `first` on. @throws ProblemError `BODY_INVALID` */
  read(instances: readonly unknown[], first: number, count: number): Tensors {
    const [only] = this.columns;
    if (only !== undefined && this.columns.length === 1) {
      return {
        [only.name]: only.read(instances.slice(first, first + count), (row) => `instances[${first + row}]`),
      };
    }
    const rows = instances.slice(first, first + count).map((value, row) => this.fields(value, first + row));
    const tensors: Record<string, Tensor> = {};
    for (const column of this.columns) {
      const values = rows.map((row) => row[column.name]);
      tensors[column.name] = column.read(values, (row) => `instances[${first + row}].${column.name}`);
    }
    return tensors;
  }

  private fields(value: unknown, row: number): Readonly<Record<string, unknown>> {
    const place = `instances[${row}]`;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw unexpected(place, `an object with the fields ${[...this.names].join(', ')}`, value);
    }
    for (const name of Object.keys(value)) {
      if (this.names.has(name)) continue;
      throw invalid(
        `${place}: unknown field ${JSON.stringify(name.slice(0, 40))}; expected ${[...this.names].join(', ')}`,
      );
    }
    for (const name of this.names) {
      if (!Object.hasOwn(value, name)) throw unexpected(`${place}.${name}`, 'a value', undefined);
    }
    return value as Readonly<Record<string, unknown>>;
  }
}

type PlaceOfRow = (row: number) => string;
type PlaceOfPath = (path: readonly number[]) => string;

/** One input of a model: its values of all rows become one tensor. */
class Column {
  readonly name: string;
  private readonly codec: ElementCodec;
  private readonly shape: readonly (number | undefined)[];

  constructor(
    private readonly spec: TensorSpec,
    private readonly layout: RowLayout,
  ) {
    this.name = spec.name;
    this.codec = ELEMENT_CODECS[spec.type];
    this.shape = rowShapeOf(spec, layout);
  }

  read(values: readonly unknown[], placeOf: PlaceOfRow): Tensor {
    const isBare = this.shape.length === 1 && this.shape[0] === 1 && !Array.isArray(values[0]);
    const shape = isBare ? [] : this.resolveShape(values[0]);
    if (shape.length === 1) return this.readVectors(values, shape[0] ?? 0, placeOf);
    // Shapes first: memory is taken only for what was really sent.
    for (let row = 0; row < values.length; row += 1) {
      const place = (path: readonly number[]): string => placeOf(row) + indicesText(path);
      this.checkShape(values[row], shape, [], place);
    }
    const data = this.codec.allocate(sizeOf(shape) * values.length);
    const end = fill(this.codec, data, values, shape.length + 1, 0);
    if (end < 0) throw this.wrongElement(values, [values.length, ...shape], ~end, placeOf);
    return this.tensorOf(values.length, isBare ? [1] : shape, data);
  }

  /** Most models take plain rows of numbers: the same as `read`, without its general walk. */
  private readVectors(values: readonly unknown[], length: number, placeOf: PlaceOfRow): Tensor {
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row];
      if (Array.isArray(value) && value.length === length) continue;
      throw unexpected(placeOf(row), `an array of ${length}${this.shapeNote()}`, value);
    }
    const data = this.codec.allocate(length * values.length);
    for (let row = 0; row < values.length; row += 1) {
      const vector = values[row] as readonly unknown[];
      const taken = this.codec.writeAll(data, row * length, vector);
      if (taken < length) throw unexpected(`${placeOf(row)}[${taken}]`, this.codec.expected, vector[taken]);
    }
    return this.tensorOf(values.length, [length], data);
  }

  private tensorOf(rows: number, inner: readonly number[], data: TensorData): Tensor {
    const dims = this.layout.hasRowDimension ? [rows, ...inner] : inner;
    return { type: this.spec.type, dims, data };
  }

  /** Free lengths are those of the first instance; the others must have the same. */
  private resolveShape(first: unknown): number[] {
    let value = first;
    return this.shape.map((length) => {
      const own = Array.isArray(value) ? value.length : 0;
      value = Array.isArray(value) ? (value as readonly unknown[])[0] : undefined;
      return length ?? own;
    });
  }

  private checkShape(value: unknown, shape: readonly number[], path: number[], place: PlaceOfPath): void {
    const expectedLength = shape[path.length];
    if (expectedLength === undefined) {
      if (Array.isArray(value)) throw unexpected(place(path), this.codec.expected, value);
      return;
    }
    if (!Array.isArray(value) || value.length !== expectedLength) {
      throw unexpected(place(path), `an array of ${expectedLength}${this.shapeNote()}`, value);
    }
    if (path.length === shape.length - 1) return;
    for (let index = 0; index < expectedLength; index += 1) {
      path.push(index);
      this.checkShape(value[index], shape, path, place);
      path.pop();
    }
  }

  /** The element at `position` of the tensor, found again in what was sent. */
  private wrongElement(
    values: readonly unknown[],
    shape: readonly number[],
    position: number,
    placeOf: PlaceOfRow,
  ): ProblemError {
    const { value, path } = elementAt(values, shape, position);
    const [row = 0, ...inner] = path;
    return unexpected(placeOf(row) + indicesText(inner), this.codec.expected, value);
  }

  private shapeNote(): string {
    if (this.shape.length < 2) return '';
    return ` (the shape of ${this.name} is ${this.shape.map((length) => length ?? 'any').join(' × ')})`;
  }
}

/** Writes nested arrays of `depth` levels from `position` on. The position after them, or `~position` of a misfit. */
function fill(
  codec: ElementCodec,
  data: TensorData,
  items: readonly unknown[],
  depth: number,
  position: number,
): number {
  let next = position;
  for (const item of items) {
    if (depth > 1) {
      next = fill(codec, data, item as readonly unknown[], depth - 1, next);
      if (next < 0) return next;
    } else if (codec.write(data, next, item)) next += 1;
    else return ~next;
  }
  return next;
}
