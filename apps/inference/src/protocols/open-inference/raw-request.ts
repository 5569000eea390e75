import type { TensorSpec } from '../../tensors/tensor';
import { invalid } from '../../tensors/body-problem';
import { datatypeOf, viewOf } from './datatype';
import type { InferInput } from './infer-request';

const PLACE = 'body';

/**
 * The input of a request that is nothing but the data of one tensor (`Inference-Header-Content-Length: 0`), as
 * `curl --data-binary @image.bin` sends it: its length decides the one free dimension; text is one element.
 *
 * @throws ProblemError `BODY_INVALID` when the model has another number of inputs or its shape cannot be found out.
 */
export function rawInput(body: Buffer, specs: readonly TensorSpec[]): InferInput {
  const [spec] = specs;
  if (spec === undefined || specs.length > 1) {
    throw invalid(
      `${PLACE}: expected a JSON header, since the model has ${specs.length} inputs; raw data alone is for models with one`,
    );
  }
  const { name, type } = spec;
  const content = type === 'string' ? { bytes: Buffer.concat([lengthOf(body), body]) } : { bytes: body };
  return { place: PLACE, name, datatype: datatypeOf(type), shape: rawShape(body.length, spec), content };
}

function rawShape(bodyBytes: number, { name, type, shape }: TensorSpec): readonly number[] {
  if (type === 'string') return shape.map((length) => length ?? 1);
  const known = shape.reduce<number>((product, length) => product * (length ?? 1), 1);
  const stride = known * viewOf(type).BYTES_PER_ELEMENT;
  if (shape.filter((length) => length === undefined).length > 1) {
    throw invalid(
      `${PLACE}: expected a JSON header with the shape, since more than one length of "${name}" is free`,
    );
  }
  if (bodyBytes % stride !== 0 || stride === 0) {
    throw invalid(`${PLACE}: expected a multiple of ${stride} bytes for "${name}", got ${bodyBytes}`);
  }
  return shape.map((length) => length ?? bodyBytes / stride);
}

function lengthOf(body: Buffer): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32LE(body.length);
  return prefix;
}
