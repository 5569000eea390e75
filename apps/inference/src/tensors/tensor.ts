/** Element types that are served, by their ONNX name. */
export type TensorType =
  | 'float32'
  | 'float64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string';

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | string[];

/** Values in row-major order; bool is 0 and 1 in a Uint8Array. */
export interface Tensor {
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** What a model says of one input or output. */
export interface TensorSpec {
  readonly name: string;
  readonly type: TensorType;
  /** `undefined` is any length. */
  readonly shape: readonly (number | undefined)[];
}
