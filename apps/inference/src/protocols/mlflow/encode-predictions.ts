import type { Tensor, Tensors, TensorSpec } from '../../tensors/tensor';
import { invalid } from '../../tensors/body-problem';
import { sizeOf } from '../../tensors/shape';

/** By output name, each as nested arrays: what arrays are answered with. Without a run, of a stacked model, no rows. */
export function encodeByName(outputs: Tensors | undefined, specs: readonly TensorSpec[]): string {
  const fields = specs.map(({ name }) => `${JSON.stringify(name)}:${nestedText(outputs?.[name])}`);
  return `{"predictions":{${fields.join(',')}}}`;
}

/**
 * A record a row, every output flattened: what a frame is answered with.
 *
 * @throws ProblemError `BODY_INVALID` when flattened outputs differ in length, as pandas has it
 */
export function encodeRecords(outputs: Tensors | undefined, specs: readonly TensorSpec[]): string {
  requireEqualLengths(outputs, specs);
  const columns = specs.map(({ name }) => elementTexts(outputs?.[name]));
  const keys = specs.map(({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  const rows = columns[0]?.length ?? 0;
  const records = new Array<string>(rows);
  for (let row = 0; row < rows; row += 1) {
    let text = '';
    for (let column = 0; column < columns.length; column += 1) {
      text += (keys[column] as string) + (columns[column]?.[row] as string);
    }
    records[row] = `${text}}`;
  }
  return `{"predictions":[${records.join(',')}]}`;
}

function requireEqualLengths(outputs: Tensors | undefined, specs: readonly TensorSpec[]): void {
  const lengths = specs.map(({ name }) => outputs?.[name]?.data.length ?? 0);
  if (lengths.every((length) => length === lengths[0])) return;
  const each = specs.map(({ name }, index) => `${name} ${lengths[index]}`).join(', ');
  throw invalid(
    `the outputs have different numbers of values (${each}), so MLflow can make no table of them: send "inputs" with a signature of tensors, or call /predict`,
  );
}

function nestedText(tensor: Tensor | undefined): string {
  if (tensor === undefined) return '[]';
  const { dims } = tensor;
  const texts = elementTexts(tensor);
  const [first = '0'] = texts;
  if (dims.length === 0) return first;
  return nested(texts, dims, 0, 0);
}

function nested(texts: readonly string[], dims: readonly number[], axis: number, start: number): string {
  const length = dims[axis] ?? 0;
  if (axis === dims.length - 1) return `[${texts.slice(start, start + length).join(',')}]`;
  const stride = sizeOf(dims.slice(axis + 1));
  const items = Array.from({ length }, (_, index) => nested(texts, dims, axis + 1, start + index * stride));
  return `[${items.join(',')}]`;
}

function elementTexts(tensor: Tensor | undefined): readonly string[] {
  if (tensor === undefined) return [];
  const { type, data } = tensor;
  if (type === 'bool') return Array.from(data as Uint8Array, (value) => (value === 0 ? 'false' : 'true'));
  if (type === 'string') return (data as string[]).map((text) => JSON.stringify(text));
  return Array.from(data as ArrayLike<number | bigint>, numberText);
}

/** Python writes NaN and the infinities, which JSON does not have and Python reads; integers have all their digits. */
function numberText(value: number | bigint): string {
  if (typeof value === 'bigint' || Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}
