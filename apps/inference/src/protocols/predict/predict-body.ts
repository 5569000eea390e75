import { isUtf8 } from 'node:buffer';
import { ProblemError } from '@tidegate/schemas';
import { describeValue } from '../../tensors/describe-value';

/** Body of `POST /predict`. The instances are checked against the model later. */
export interface PredictBody {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly instances: readonly unknown[];
}

const FIELDS: ReadonlySet<string> = new Set(['id', 'model', 'instances']);
/** Some editors write it; RFC 8259 lets a reader ignore it. */
const BYTE_ORDER_MARK = '\uFEFF';
/** As request ids are: harmless to log and to send on. */
const ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Written by hand: it runs for every request, and a schema library would walk through every number. @throws ProblemError */
export function parsePredictBody(bytes: Buffer, maxInstances: number): PredictBody {
  const body = parseJson(bytes);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid(`expected an object with the field instances, got ${describeValue(body)}`);
  }
  const unknown = Object.keys(body).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) {
    throw invalid(
      `unknown field ${JSON.stringify(unknown.slice(0, 40))}; expected ${[...FIELDS].join(', ')}`,
    );
  }
  const { id, model, instances } = body as Readonly<Record<string, unknown>>;
  if (id !== undefined && !(typeof id === 'string' && ID.test(id))) {
    throw invalid(`id: expected 1 to 64 letters, digits, ".", "_" or "-", got ${describeValue(id)}`);
  }
  if (model !== undefined && typeof model !== 'string') {
    throw invalid(`model: expected the name of a served model, got ${describeValue(model)}`);
  }
  if (!Array.isArray(instances) || instances.length === 0 || instances.length > maxInstances) {
    throw invalid(`instances: expected an array of 1 to ${maxInstances}, got ${describeValue(instances)}`);
  }
  return { id, model, instances };
}

function parseJson(bytes: Buffer): unknown {
  // What is not UTF-8 would be replaced without a word.
  if (!isUtf8(bytes)) throw invalid('expected UTF-8, got bytes that are none');
  const text = bytes.toString();
  try {
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  } catch (error) {
    throw invalid(`expected JSON: ${(error as Error).message}`);
  }
}

function invalid(detail: string): ProblemError {
  return new ProblemError('BODY_INVALID', { detail });
}
