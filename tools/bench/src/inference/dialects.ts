/** JSON as it comes. */
type Json = unknown;
type Rows = readonly (readonly number[])[];

export interface EncodedRequest {
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** How a server is asked for predictions, and how its answer is read. */
export interface Dialect {
  readonly path: string;
  encode(rows: Rows): EncodedRequest;
  /** The predictions in the form of `/predict`: one for each row. */
  decode(body: Buffer, headers: Headers): Json;
}

const JSON_CONTENT = { 'content-type': 'application/json' };
const HEADER_LENGTH = 'inference-header-content-length';
const FLOAT_BYTES = 4;
const INTEGER_BYTES = 8;

interface OutputTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data?: readonly number[];
  readonly parameters?: { readonly binary_data_size?: number };
}

/** `{"instances": […]}` → `{"predictions": […]}`: ours, and what people write themselves. */
export const INSTANCES: Dialect = {
  path: '/predict',
  encode: (rows) => ({ body: JSON.stringify({ instances: rows }), headers: JSON_CONTENT }),
  decode: (body) => (jsonOf(body) as { predictions: Json }).predictions,
};

/** Answers what it got. */
export const ECHO: Dialect = {
  ...INSTANCES,
  decode: (body) => (jsonOf(body) as { instances: Json }).instances,
};

/** The scoring protocol of MLflow. */
export const MLFLOW: Dialect = {
  path: '/invocations',
  encode: (rows) => ({ body: JSON.stringify({ inputs: rows }), headers: JSON_CONTENT }),
  decode: (body) => {
    const { predictions } = jsonOf(body) as {
      predictions: Readonly<Record<string, readonly Json[]>> | Json[];
    };
    return Array.isArray(predictions) ? predictions : rowsOf(predictions);
  },
};

/** Open Inference Protocol v2 with numbers in JSON. */
export const OPEN_INFERENCE: Dialect = {
  path: '/v2/models/digits/infer',
  encode: (rows) => ({
    body: JSON.stringify({ inputs: [{ ...inputOf(rows), data: rows.flat() }] }),
    headers: JSON_CONTENT,
  }),
  decode: (body) => {
    const { outputs } = jsonOf(body) as { outputs: readonly OutputTensor[] };
    return rowsOf(
      Object.fromEntries(outputs.map((output) => [output.name, split(output, output.data ?? [])])),
    );
  },
};

/** The same with binary tensors in both directions. */
export const OPEN_INFERENCE_BINARY: Dialect = {
  path: OPEN_INFERENCE.path,
  encode: (rows) => {
    const data = Buffer.from(Float32Array.from(rows.flat()).buffer);
    const input = { ...inputOf(rows), parameters: { binary_data_size: data.length } };
    const head = Buffer.from(JSON.stringify({ inputs: [input], parameters: { binary_data_output: true } }));
    const headers = { 'content-type': 'application/octet-stream', [HEADER_LENGTH]: String(head.length) };
    return { body: Buffer.concat([head, data]), headers };
  },
  decode: (body, headers) => {
    let at = Number(headers.get(HEADER_LENGTH));
    const { outputs } = jsonOf(body.subarray(0, at)) as { outputs: readonly OutputTensor[] };
    const columns = outputs.map((output) => {
      const bytes = body.subarray(at, (at += output.parameters?.binary_data_size ?? 0));
      return [output.name, split(output, numbersOf(output.name, bytes))];
    });
    return rowsOf(Object.fromEntries(columns) as Record<string, Json[]>);
  },
};

function inputOf(rows: Rows): object {
  return { name: 'input', datatype: 'FP32', shape: [rows.length, rows[0]?.length ?? 0] };
}

/** The labels of this model are 64-bit integers, the probabilities floats. */
function numbersOf(name: string, bytes: Buffer): number[] {
  return name === 'label'
    ? Array.from({ length: bytes.length / INTEGER_BYTES }, (_, at) =>
        Number(bytes.readBigInt64LE(at * INTEGER_BYTES)),
      )
    : Array.from({ length: bytes.length / FLOAT_BYTES }, (_, at) => bytes.readFloatLE(at * FLOAT_BYTES));
}

/** One value for each row: a number, or an array when rows have several. */
function split({ name, shape }: OutputTensor, data: readonly number[]): Json[] {
  const rows = shape[0] ?? 0;
  const width = data.length / rows;
  if (name === 'label') return [...data];
  return Array.from({ length: rows }, (_, row) => data.slice(row * width, (row + 1) * width));
}

/** `{a: [1, 2], b: [3, 4]}` → `[{a: 1, b: 3}, {a: 2, b: 4}]` */
function rowsOf(columns: Readonly<Record<string, readonly Json[]>>): Json[] {
  const [first = []] = Object.values(columns);
  return first.map((_, row) =>
    Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[row]])),
  );
}

function jsonOf(body: Buffer): Json {
  return JSON.parse(body.toString());
}
