import { invalid, unexpected } from '../../tensors/body-problem';
import { type BodyFrame, HEADER_LENGTH_HEADER } from './body-frame';
import { parseWithExactIntegers } from '../exact-integers';
import type { BinaryContent, InferInput, InferRequest, JsonContent, WantedOutput } from './infer-request';

type Fields = Readonly<Record<string, unknown>>;

const REQUEST_FIELDS = new Set(['id', 'parameters', 'inputs', 'outputs', 'model_name', 'model_version']);
const INPUT_FIELDS = new Set(['name', 'shape', 'datatype', 'parameters', 'data']);
const OUTPUT_FIELDS = new Set(['name', 'parameters']);

/**
 * Checks the form of a request and gives every input its part of the body. Parameters that are not known are passed over,
 * as the protocol wants it; those of extensions that would change the answer and are not served are refused.
 *
 * @throws ProblemError `BODY_INVALID`
 */
export function parseInferRequest(frame: BodyFrame): InferRequest {
  const body = fieldsOf('body', parseJson(frame.json), REQUEST_FIELDS);
  const { id, inputs, outputs } = body;
  if (id !== undefined && typeof id !== 'string') throw unexpected('id', 'text', id);
  if (!Array.isArray(inputs) || inputs.length === 0) {
    throw unexpected('inputs', 'an array of at least one input', inputs);
  }
  if (outputs !== undefined && !Array.isArray(outputs)) throw unexpected('outputs', 'an array', outputs);
  const isBinaryWanted =
    flag('parameters.binary_data_output', parametersOf('', body).binary_data_output) ?? false;
  const parts = new BodyParts(frame);
  const request = {
    id,
    inputs: (inputs as readonly unknown[]).map((input, at) => parseInput(input, at, parts)),
    outputs: ((outputs ?? []) as readonly unknown[]).map((output, at) =>
      parseOutput(output, at, isBinaryWanted),
    ),
    isBinaryWanted,
  };
  parts.requireEnd();
  return request;
}

function parseInput(value: unknown, at: number, parts: BodyParts): InferInput {
  const place = `inputs[${at}]`;
  const input = fieldsOf(place, value, INPUT_FIELDS);
  const parameters = parametersOf(`${place}.`, input);
  refuseSharedMemory(place, parameters);
  const { data } = input;
  const size = parameters.binary_data_size;
  if (size !== undefined && data !== undefined) {
    throw invalid(`${place}: expected data or parameters.binary_data_size, got both`);
  }
  return {
    place,
    name: textField(place, 'name', input),
    datatype: textField(place, 'datatype', input),
    shape: parseShape(`${place}.shape`, input.shape),
    content: size === undefined ? parts.json(place, at, data) : parts.take(place, size),
  };
}

function parseOutput(value: unknown, at: number, isBinaryWanted: boolean): WantedOutput {
  const place = `outputs[${at}]`;
  const output = fieldsOf(place, value, OUTPUT_FIELDS);
  const parameters = parametersOf(`${place}.`, output);
  refuseSharedMemory(place, parameters);
  const { classification, binary_data: binaryData } = parameters;
  if (classification !== undefined && classification !== 0) {
    throw invalid(
      `${place}.parameters.classification: this extension is not served; leave it out and sort the output yourself`,
    );
  }
  return {
    place,
    name: textField(place, 'name', output),
    isBinary: flag(`${place}.parameters.binary_data`, binaryData) ?? isBinaryWanted,
  };
}

/** Hands out the parts of a body to the inputs in their order. */
class BodyParts {
  private taken = 0;
  private exact: unknown;

  constructor(private readonly frame: BodyFrame) {}

  take(place: string, size: unknown): BinaryContent {
    const { binary, isSplit } = this.frame;
    const where = `${place}.parameters.binary_data_size`;
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
      throw unexpected(where, 'a number of bytes', size);
    }
    if (!isSplit) throw invalid(`${where}: expected the header ${HEADER_LENGTH_HEADER} with it, got none`);
    const left = binary.length - this.taken;
    if (size > left) {
      throw invalid(`${where}: expected at most ${left}, the bytes that are left of the body, got ${size}`);
    }
    this.taken += size;
    return { bytes: binary.subarray(this.taken - size, this.taken) };
  }

  json(place: string, at: number, data: unknown): JsonContent {
    if (!Array.isArray(data)) throw unexpected(`${place}.data`, 'an array', data);
    return { items: data, exactItems: () => this.exactItems(at) };
  }

  requireEnd(): void {
    const left = this.frame.binary.length - this.taken;
    if (left > 0)
      throw invalid(`body: expected its end after the last binary tensor, got ${left} more bytes`);
  }

  private exactItems(at: number): readonly unknown[] {
    this.exact ??= parseWithExactIntegers(this.frame.json);
    const { inputs } = this.exact as { inputs: readonly { data: readonly unknown[] }[] };
    return inputs[at]?.data ?? [];
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`body: expected JSON: ${(error as Error).message}`);
  }
}

function fieldsOf(place: string, value: unknown, known: ReadonlySet<string>): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unexpected(place, 'an object', value);
  }
  for (const field of Object.keys(value)) {
    if (known.has(field)) continue;
    throw invalid(
      `${place}: unknown field ${JSON.stringify(field.slice(0, 40))}; expected ${[...known].join(', ')}`,
    );
  }
  return value as Fields;
}

const NO_PARAMETERS: Fields = {};

function parametersOf(prefix: string, { parameters }: Fields): Fields {
  if (parameters === undefined || parameters === null) return NO_PARAMETERS;
  if (typeof parameters === 'object' && !Array.isArray(parameters)) return parameters as Fields;
  throw unexpected(`${prefix}parameters`, 'an object', parameters);
}

function refuseSharedMemory(place: string, { shared_memory_region: region }: Fields): void {
  if (region === undefined) return;
  throw invalid(
    `${place}.parameters.shared_memory_region: shared memory is not served; send binary tensors instead`,
  );
}

function flag(place: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw unexpected(place, 'true or false', value);
}

function textField(place: string, field: string, fields: Fields): string {
  const value = fields[field];
  if (typeof value === 'string') return value;
  throw unexpected(`${place}.${field}`, 'text', value);
}

function parseShape(place: string, value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw unexpected(place, 'an array of lengths', value);
  const wrong = value.findIndex((length) => !Number.isSafeInteger(length) || (length as number) < 0);
  if (wrong >= 0) throw unexpected(`${place}[${wrong}]`, 'a length', value[wrong]);
  return value as readonly number[];
}
