import { ELEMENT_CODECS } from '../../tensors/element-codec';
import type { Tensor, TensorData, Tensors, TensorSpec } from '../../tensors/tensor';
import { invalid } from '../../tensors/body-problem';
import type { Dtype } from './dtype';
import { shapeText } from './enforce-tensors';
import { arrayOfFrame, findColumn, type Frame, textAsObject } from './frame';
import type { ModelInput } from './model-input';
import type { NdArray } from './nd-array';
import { castSeries, requireTexts, textsOf } from './series';

/**
 * The feeds MLflow gives to onnxruntime (mlflow/onnx/__init__.py, `_OnnxModelWrapper.predict`): a frame is one matrix when
 * the graph has one input, else a vector for each; doubles become floats where the graph wants floats, and nothing else is
 * converted.
 *
 * @throws ProblemError `BODY_INVALID` where onnxruntime refuses a name, type or shape
 */
export function toTensors(input: ModelInput, specs: readonly TensorSpec[]): Tensors {
  const tensors: Record<string, Tensor> = {};
  if (input.kind === 'arrays') requireKnown(Array.from(input.byName.keys()), specs);
  for (const spec of specs) tensors[spec.name] = tensorOf(feedOf(input, spec, specs), spec);
  return tensors;
}

function feedOf(input: ModelInput, { name }: TensorSpec, specs: readonly TensorSpec[]): NdArray {
  if (input.kind === 'frame')
    return specs.length === 1 ? arrayOfFrame(input.frame) : vectorOf(input.frame, name, specs);
  if (input.kind === 'array') {
    if (specs.length === 1) return input.array;
    throw invalid(
      `the model has several inputs: expected an object with an array for each of ${listed(specs)}, got one array`,
    );
  }
  const array = input.byName.get(name);
  if (array === undefined) throw missing(name, specs);
  return array;
}

function vectorOf(frame: Frame, name: string, specs: readonly TensorSpec[]): NdArray {
  const column = findColumn(frame, name);
  if (column === undefined) throw missing(name, specs);
  // MLflow fails at texts here when its pandas is 3: they are no NumPy array any more. With pandas 2 it answers, as we do.
  const series = textAsObject(column.series);
  const { dtype, values } = castSeries(series, series.dtype, `column ${name}`);
  return { dtype, shape: [values.length], values };
}

function tensorOf({ dtype, shape, values }: NdArray, { name, type, shape: expected }: TensorSpec): Tensor {
  const fits =
    expected.length === 0 ||
    (shape.length === expected.length &&
      expected.every((length, axis) => length === undefined || length === shape[axis]));
  if (!fits) {
    const wanted = shapeText(expected.map((length) => length ?? -1));
    throw invalid(`input ${name}: the model takes the shape ${wanted}, got ${shapeText(shape)}`);
  }
  if (type === 'string') {
    if (dtype !== 'str' && dtype !== 'object') throw wrongType(name, type, dtype);
    const data = requireTexts(textsOf({ dtype, values }), `input ${name}`);
    const odd = data.find((text) => !ELEMENT_CODECS.string.write([''], 0, text));
    if (odd === undefined) return { type, dims: shape, data };
    throw invalid(
      `input ${name}: expected ${ELEMENT_CODECS.string.expected}, got ${JSON.stringify(odd.slice(0, 40))}`,
    );
  }
  if (dtype === type) return { type, dims: shape, data: values as unknown as TensorData };
  if (type !== 'float32' || dtype !== 'float64') throw wrongType(name, type, dtype);
  const data = ELEMENT_CODECS.float32.allocate(values.length) as Float32Array;
  data.set(values as unknown as Float64Array);
  return { type, dims: shape, data };
}

function wrongType(name: string, type: string, dtype: Dtype): Error {
  const isWhole = dtype === 'int64' && type.startsWith('float');
  const remedy = isWhole ? ': write numbers as 1.0, or log the model with a signature' : '';
  return invalid(`input ${name}: the model takes ${type}, got ${dtype}${remedy}`);
}

function requireKnown(names: readonly string[], specs: readonly TensorSpec[]): void {
  const unknown = names.find((name) => !specs.some((spec) => spec.name === name));
  if (unknown === undefined) return;
  throw invalid(
    `${JSON.stringify(unknown.slice(0, 40))} is no input of the model; expected ${listed(specs)}`,
  );
}

function missing(name: string, specs: readonly TensorSpec[]): Error {
  return invalid(`the input ${JSON.stringify(name)} of the model is missing; expected ${listed(specs)}`);
}

function listed(specs: readonly TensorSpec[]): string {
  return specs.map(({ name }) => JSON.stringify(name)).join(', ');
}
