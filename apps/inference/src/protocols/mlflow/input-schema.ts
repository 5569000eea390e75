import type { Mlmodel } from '@tidegate/mlflow-client';
import { type Dtype, isDtype } from './dtype';

/** An input of a signature; without a name it is known by its position. */
interface SchemaInput {
  readonly name: string | undefined;
  /** undefined: a type that no input of an ONNX graph has (dates, bytes, nested types). */
  readonly dtype: Dtype | undefined;
  /** As the signature calls it. */
  readonly type: string;
}

export interface TensorInput extends SchemaInput {
  /** -1 is any length. */
  readonly shape: readonly number[];
}

export interface ColumnInput extends SchemaInput {
  readonly isRequired: boolean;
}

/** The inputs of a model's signature: tensors, or the columns of a frame. Either all have names or none. */
export type InputSchema =
  | { readonly kind: 'tensors'; readonly isNamed: boolean; readonly inputs: readonly TensorInput[] }
  | { readonly kind: 'columns'; readonly isNamed: boolean; readonly inputs: readonly ColumnInput[] };

/** Column types as pandas holds them: texts are objects. */
const COLUMN_DTYPES: ReadonlyMap<string, Dtype> = new Map([
  ['boolean', 'bool'],
  ['integer', 'int32'],
  ['long', 'int64'],
  ['float', 'float32'],
  ['double', 'float64'],
  ['string', 'object'],
]);

/** undefined when the model was logged without a signature of its inputs. */
export function inputSchemaOf({ signature }: Pick<Mlmodel, 'signature'>): InputSchema | undefined {
  const fields = signature?.inputs ?? [];
  const isNamed = fields[0]?.name !== undefined;
  const tensors = fields.filter((field) => field.kind === 'tensor');
  if (tensors.length > 0) {
    const inputs = tensors.map(({ name, dtype, shape }) => ({
      name,
      dtype: isDtype(dtype) ? dtype : undefined,
      type: dtype,
      shape,
    }));
    return { kind: 'tensors', isNamed, inputs };
  }
  const columns = fields.filter((field) => field.kind === 'column');
  if (columns.length === 0) return undefined;
  const inputs = columns.map(({ name, type, required }) => ({
    name,
    dtype: COLUMN_DTYPES.get(type),
    type,
    isRequired: required,
  }));
  return { kind: 'columns', isNamed, inputs };
}

/** Names of all inputs, for messages. */
export function namesOf({ inputs }: InputSchema): string {
  return inputs.map(({ name }, index) => name ?? String(index)).join(', ');
}
