import type { Tensor, Tensors, TensorSpec } from '../../tensors/tensor';
import { writeBinaryData } from './binary-data';
import { HEADER_LENGTH_HEADER } from './body-frame';
import { datatypeOf } from './datatype';
import type { InferRequest } from './infer-request';
import { writeJsonData } from './json-data';

/** What an answer says beside its outputs. */
export interface AnswerHead {
  readonly id: string;
  readonly modelName: string;
  readonly modelVersion: string;
}

/** An answer's body, in both its forms. */
export interface WrittenAnswer {
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The wanted outputs of one run: JSON, with binary data behind it when that was asked for. */
export function writeAnswer(
  head: AnswerHead,
  outputs: Tensors,
  specs: readonly TensorSpec[],
  { outputs: wanted, isBinaryWanted }: Pick<InferRequest, 'outputs' | 'isBinaryWanted'>,
): WrittenAnswer {
  const chosen = wanted.length > 0 ? wanted : specs.map(({ name }) => ({ name, isBinary: isBinaryWanted }));
  const parts: Buffer[] = [];
  const described = chosen.map(({ name, isBinary }) => {
    const tensor = outputs[name];
    if (tensor === undefined)
      throw new Error(`The model gave no output ${name}, which its metadata promises.`);
    return describeOutput(name, tensor, isBinary ? parts : undefined);
  });
  const json = `{"model_name":${JSON.stringify(head.modelName)},"model_version":${JSON.stringify(head.modelVersion)},"id":${JSON.stringify(head.id)},"outputs":[${described.join(',')}]}`;
  if (parts.length === 0) return { contentType: 'application/json', body: json };
  const jsonBytes = Buffer.from(json);
  return {
    contentType: 'application/octet-stream',
    headers: { [HEADER_LENGTH_HEADER]: String(jsonBytes.length) },
    body: Buffer.concat([jsonBytes, ...parts]),
  };
}

/** @param parts takes the data of a binary output; undefined: it goes into the JSON */
function describeOutput(name: string, tensor: Tensor, parts: Buffer[] | undefined): string {
  const start = `{"name":${JSON.stringify(name)},"datatype":"${datatypeOf(tensor.type)}","shape":[${tensor.dims.join(',')}],`;
  if (parts === undefined) return `${start}"data":${writeJsonData(tensor)}}`;
  const bytes = writeBinaryData(tensor);
  parts.push(bytes);
  return `${start}"parameters":{"binary_data_size":${bytes.length}}}`;
}
