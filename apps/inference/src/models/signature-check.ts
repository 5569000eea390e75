import type { Mlmodel, SignatureField } from '@tidegate/mlflow-client';
import type { EngineMetadata } from '../engine/model-engine';
import type { TensorSpec, TensorType } from '../tensors/tensor';

type TensorField = Extract<SignatureField, { kind: 'tensor' }>;
type ColumnField = Extract<SignatureField, { kind: 'column' }>;
type Family = 'integer' | 'float' | 'boolean' | 'text';

/** Of MLflow's column types; those left out (`binary`, `array`, `object`, …) may be anything. */
const COLUMN_FAMILIES: Readonly<Record<string, Family>> = {
  boolean: 'boolean',
  integer: 'integer',
  long: 'integer',
  float: 'float',
  double: 'float',
  string: 'text',
};

/**
 * How the signature contradicts the graph: input that fits it could not be given to the model. Empty when there is none,
 * or no contradiction. What MLflow serves is never refused: it casts floats to the width of the graph, ignores columns
 * that no input asks for, and does not look at the outputs of the signature.
 */
export function signatureProblems(
  mlmodel: Pick<Mlmodel, 'signature'>,
  { inputs }: Pick<EngineMetadata, 'inputs'>,
): string[] {
  const fields = mlmodel.signature?.inputs ?? [];
  const tensors = fields.filter((field) => field.kind === 'tensor');
  const columns = fields.filter((field) => field.kind === 'column');
  if (tensors.length > 0) return tensorProblems(tensors, inputs);
  return columns.length > 0 ? columnProblems(columns, inputs) : [];
}

function tensorProblems(fields: readonly TensorField[], inputs: readonly TensorSpec[]): string[] {
  const [only] = fields;
  if (fields.length === 1 && only !== undefined && only.name === undefined) {
    const [input, ...others] = inputs;
    if (input !== undefined && others.length === 0) return problemsOf(only, input);
    return [`the signature has one tensor without a name, the graph has the inputs ${namesOf(inputs)}`];
  }
  const missing = inputs.filter(({ name }) => !fields.some((field) => field.name === name));
  return [
    ...missing.map(({ name }) => `the graph needs the input "${name}", the signature has ${namesOf(fields)}`),
    ...fields.flatMap((field) => {
      const input = inputs.find(({ name }) => name === field.name);
      if (input !== undefined) return problemsOf(field, input);
      return `the signature has the tensor "${field.name}", the graph has the inputs ${namesOf(inputs)}`;
    }),
  ];
}

function problemsOf(field: TensorField, input: TensorSpec): string[] {
  const problems: string[] = [];
  if (!isFeedable(familyOfDtype(field.dtype), input.type)) {
    problems.push(`"${input.name}" is ${field.dtype} in the signature and ${input.type} in the graph`);
  }
  if (!isSameShape(field.shape, input.shape)) {
    const graph = input.shape.map((length) => length ?? -1);
    problems.push(
      `"${input.name}" has the shape [${field.shape.join(',')}] in the signature and [${graph.join(',')}] in the graph`,
    );
  }
  return problems;
}

/** MLflow gives a graph with one input all columns as one array, a graph with several each the column of its name. */
function columnProblems(columns: readonly ColumnField[], inputs: readonly TensorSpec[]): string[] {
  const [input, ...others] = inputs;
  if (input === undefined) return [];
  if (others.length === 0) return widthProblems(columns, input);
  return inputs.flatMap(({ name, type }) => {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      return `the graph needs the input "${name}", the signature has the columns ${namesOf(columns)}`;
    }
    if (isFeedable(COLUMN_FAMILIES[column.type], type)) return [];
    return `"${name}" is ${column.type} in the signature and ${type} in the graph`;
  });
}

function widthProblems(columns: readonly ColumnField[], input: TensorSpec): string[] {
  const wrong = columns.filter(({ type }) => !isFeedable(COLUMN_FAMILIES[type], input.type));
  const problems = wrong.map(
    ({ name, type }) =>
      `column "${name ?? ''}" is ${type}, the input "${input.name}" of the graph ${input.type}`,
  );
  // A column may hold arrays of its own; optional ones may be left out.
  const isFlat = columns.every(({ type, required }) => required && COLUMN_FAMILIES[type] !== undefined);
  const width = input.shape.length === 2 ? input.shape[1] : undefined;
  if (isFlat && width !== undefined && width !== columns.length) {
    problems.push(
      `the signature has ${columns.length} columns, the input "${input.name}" of the graph takes ${width} a row`,
    );
  }
  return problems;
}

/** Whether a value of this family is one of this type as well; what is not known is not refused. */
function isFeedable(family: Family | undefined, type: TensorType): boolean {
  switch (family) {
    case undefined:
      return true;
    case 'boolean':
      return type === 'bool';
    case 'text':
      return type === 'string';
    case 'float':
      return type === 'float32' || type === 'float64';
    case 'integer':
      return type !== 'bool' && type !== 'string';
  }
}

function familyOfDtype(dtype: string): Family | undefined {
  if (dtype === 'bool') return 'boolean';
  if (/^u?int\d+$/.test(dtype)) return 'integer';
  if (/^float\d+$/.test(dtype)) return 'float';
  return /^(str|object|<U\d+|string)/.test(dtype) ? 'text' : undefined;
}

/** A length that one side leaves open fits any. A graph that tells no lengths at all fits every shape. */
function isSameShape(signature: readonly number[], graph: readonly (number | undefined)[]): boolean {
  if (graph.length === 0) return true;
  if (signature.length !== graph.length) return false;
  return signature.every(
    (length, index) => length < 0 || graph[index] === undefined || graph[index] === length,
  );
}

function namesOf(named: readonly { readonly name?: string | undefined }[]): string {
  return named.map(({ name }) => (name === undefined ? 'one without a name' : `"${name}"`)).join(', ');
}
