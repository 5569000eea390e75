import type { EngineMetadata } from '../../engine/model-engine';
import type { RowLayout } from '../../tensors/row-layout';
import type { Tensor, TensorData, Tensors, TensorSpec } from '../../tensors/tensor';
import { readBinaryData } from './binary-data';
import { invalid, unexpected } from '../../tensors/body-problem';
import { datatypeOf } from './datatype';
import type { InferInput, WantedOutput } from './infer-request';
import { readJsonData } from './json-data';
import { sizeOf } from '../../tensors/shape';

/** Lengths beside a 0 cost the caller nothing to send, but may cost the model memory. */
const MAX_EMPTY_SIZE = 2 ** 20;
/** In messages. */
const MAX_SHOWN_LENGTHS = 16;

/**
 * The tensors of one run, as they were given, checked against what the model takes.
 *
 * @returns `rows`: the first dimension of a stacked model, else 1
 * @throws ProblemError `BODY_INVALID`
 */
export function readInputs(
  inputs: readonly InferInput[],
  specs: readonly TensorSpec[],
  layout: RowLayout,
): { readonly inputs: Tensors; readonly rows: number } {
  const names = specs.map(({ name }) => name).join(', ');
  const given = new Map<string, InferInput>();
  for (const input of inputs) {
    const { place, name } = input;
    if (!specs.some((spec) => spec.name === name)) {
      throw unexpected(`${place}.name`, `an input of the model (${names})`, name);
    }
    if (given.has(name)) throw invalid(`${place}.name: expected every input once, got "${name}" twice`);
    given.set(name, input);
  }
  const tensors: Record<string, Tensor> = {};
  for (const spec of specs) {
    const input = given.get(spec.name);
    if (input === undefined) throw invalid(`inputs: expected ${names}, but "${spec.name}" is missing`);
    tensors[spec.name] = readInput(input, spec);
  }
  return { inputs: tensors, rows: layout.isStacked ? rowsOf(inputs) : 1 };
}

/** @throws ProblemError `BODY_INVALID` when an output is wanted that the model has not, or twice. */
export function requireOutputs(wanted: readonly WantedOutput[], { outputs }: EngineMetadata): void {
  const seen = new Set<string>();
  for (const { place, name } of wanted) {
    if (!outputs.some((output) => output.name === name)) {
      const names = outputs.map((output) => output.name).join(', ');
      throw unexpected(`${place}.name`, `an output of the model (${names})`, name);
    }
    if (seen.has(name)) throw invalid(`${place}.name: expected every output once, got "${name}" twice`);
    seen.add(name);
  }
}

function readInput(input: InferInput, { type, shape: specShape, name }: TensorSpec): Tensor {
  const { place, datatype, shape: dims, content } = input;
  const expected = datatypeOf(type);
  if (datatype !== expected) {
    const hint = datatype === 'FP16' || datatype === 'BF16' ? '; such numbers must be converted before' : '';
    throw unexpected(`${place}.datatype`, `${expected}, the type of "${name}"${hint}`, datatype);
  }
  if (
    dims.length !== specShape.length ||
    specShape.some((length, at) => length !== (dims[at] ?? length) && length !== undefined)
  ) {
    throw invalid(`${place}.shape: expected ${described(specShape)} for "${name}", got ${described(dims)}`);
  }
  if (dims.includes(0) && sizeOf(dims.filter((length) => length > 0)) > MAX_EMPTY_SIZE) {
    throw invalid(
      `${place}.shape: expected lengths of at most ${MAX_EMPTY_SIZE} together beside a 0, got ${described(dims)}`,
    );
  }
  const data: TensorData =
    'bytes' in content
      ? readBinaryData(type, sizeOf(dims), content.bytes, place)
      : readJsonData(type, dims, content, `${place}.data`);
  return { type, dims, data };
}

/** The inputs of a stacked model have a first dimension; it counts the same rows in all of them. */
function rowsOf(inputs: readonly InferInput[]): number {
  const rows = inputs[0]?.shape[0] ?? 0;
  if (rows === 0) throw invalid('inputs[0].shape[0]: expected at least 1 row, got 0');
  for (const { place, shape } of inputs) {
    if (shape[0] !== rows)
      throw invalid(`${place}.shape[0]: expected ${rows} rows as in inputs[0], got ${shape[0]}`);
  }
  return rows;
}

/** `[any, 64]` */
function described(shape: readonly (number | undefined)[]): string {
  const shown = shape.slice(0, MAX_SHOWN_LENGTHS).map((length) => length ?? 'any');
  return `[${shown.join(', ')}${shape.length > shown.length ? ', …' : ''}]`;
}
