import type { TensorType } from '../../tensors/tensor';

type NumericType = Exclude<TensorType, 'bool' | 'string'>;

/** Names of the element types in the Open Inference Protocol. FP16 and BF16 have no tensor type here. */
const DATATYPES: Readonly<Record<TensorType, string>> = {
  float32: 'FP32',
  float64: 'FP64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  bool: 'BOOL',
  string: 'BYTES',
};

export function datatypeOf(type: TensorType): string {
  return DATATYPES[type];
}

const VIEWS = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
} as const satisfies Record<NumericType, unknown>;

/** The typed array of a type, bool among them; text has none. */
export function viewOf(type: Exclude<TensorType, 'string'>): (typeof VIEWS)[NumericType] {
  return type === 'bool' ? Uint8Array : VIEWS[type];
}
