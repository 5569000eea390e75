import { isUtf8 } from 'node:buffer';
import { invalid } from '../../tensors/body-problem';
import { unexpected } from './unexpected';
import type { InputSchema } from './input-schema';
import { mayDiffer, parsePythonJson } from './python-json';

export const FORMATS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;

export type InvocationFormat = (typeof FORMATS)[number];

/** A JSON body in one of MLflow's formats (mlflow/pyfunc/scoring_server: `infer_and_parse_data`). Other fields are ignored. */
export class InvocationBody {
  readonly format: InvocationFormat;
  readonly params: unknown;

  private constructor(
    private fields: Readonly<Record<string, unknown>>,
    private readonly text: string,
    private isExact: boolean,
  ) {
    this.format = formatOf(fields);
    this.params = fields.params;
  }

  /** @throws ProblemError `BODY_INVALID` */
  static parse(text: string): InvocationBody {
    const { value, isExact } = parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw unexpected('body', `an object with one of ${FORMATS.join(', ')}`, value);
    }
    return new InvocationBody(value as Readonly<Record<string, unknown>>, text, isExact);
  }

  /** As it came. */
  get raw(): unknown {
    return this.fields[this.format];
  }

  /** What the model is asked about, its numbers as exact as this schema needs them. */
  dataFor(schema: InputSchema | undefined): unknown {
    if (!this.isExact && needsExactNumbers(schema) && mayDiffer(this.text)) {
      this.isExact = true;
      this.fields = parsePythonJson(this.text) as Readonly<Record<string, unknown>>;
    }
    return this.raw;
  }
}

/** @throws ProblemError `BODY_INVALID` when it is no UTF-8 */
export function textOfBody(body: Buffer): string {
  if (!isUtf8(body)) throw invalid('the body must be UTF-8');
  const text = body.toString();
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function parse(text: string): { value: unknown; isExact: boolean } {
  try {
    return { value: JSON.parse(text), isExact: false };
  } catch (error) {
    // Python's clients write NaN and Infinity.
    if (!/NaN|Infinity/.test(text)) throw noJson(error);
  }
  try {
    return { value: parsePythonJson(text), isExact: true };
  } catch (error) {
    throw noJson(error);
  }
}

function noJson(error: unknown): Error {
  return invalid(`the body must be JSON: ${(error as Error).message}`);
}

function formatOf(fields: Readonly<Record<string, unknown>>): InvocationFormat {
  const formats = FORMATS.filter((format) => Object.hasOwn(fields, format));
  const [format] = formats;
  if (format !== undefined && formats.length === 1) return format;
  const came = Object.keys(fields)
    .slice(0, 20)
    .map((field) => JSON.stringify(field.slice(0, 40)));
  throw invalid(
    `expected exactly one of the fields ${FORMATS.join(', ')}, got ${came.length === 0 ? 'none' : came.join(', ')}`,
  );
}

/** Floats are the same whether 1 or 1.0 came; integers, texts and what no signature types are not. */
function needsExactNumbers(schema: InputSchema | undefined): boolean {
  return (
    schema === undefined || schema.inputs.some(({ dtype }) => dtype !== 'float32' && dtype !== 'float64')
  );
}
