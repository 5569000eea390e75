import { isUtf8 } from 'node:buffer';
import { invalid, unexpected } from '../../tensors/body-problem';
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
    throw unexpected('id', '1 to 64 letters, digits, ".", "_" or "-"', id);
  }
  if (model !== undefined && typeof model !== 'string') {
    throw unexpected('model', 'the name of a served model', model);
  }
  if (!Array.isArray(instances) || instances.length === 0 || instances.length > maxInstances) {
    throw unexpected('instances', `an array of 1 to ${maxInstances}`, instances);
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
