import type { ProblemError } from '@tidegate/schemas';
import type { ServedVersion } from '../../models/served-version';
import type { Tensors } from '../../tensors/tensor';
import { invalid } from '../../tensors/body-problem';
import type {
  Answer,
  AnswerContext,
  ModelRun,
  RawRequest,
  ScoringProtocol,
  ScoringRequest,
} from '../protocol';
import { bodyKindOf } from './content-type';
import { encodeByName, encodeRecords } from './encode-predictions';
import { inputSchemaOf } from './input-schema';
import { InvocationBody, textOfBody } from './invocation-body';
import { mlflowErrorAnswer } from './mlflow-error';
import { csvInput, jsonInput } from './model-input-of';
import type { ModelInput } from './model-input';
import { checkParams } from './params';
import { toTensors } from './to-tensors';

/** MLflow's scoring protocol: `POST /invocations`, answered as `mlflow models serve` answers. */
export class MlflowProtocol implements ScoringProtocol {
  readonly route = '/invocations';

  parse({ headers, body }: RawRequest): ScoringRequest {
    const kind = bodyKindOf(headers['content-type']);
    const text = textOfBody(body);
    return kind === 'csv' ? new CsvInvocation(text) : new JsonInvocation(InvocationBody.parse(text));
  }

  errorAnswer(problem: ProblemError, requestId: string): Answer {
    return mlflowErrorAnswer(problem, requestId);
  }
}

abstract class Invocation implements ScoringRequest {
  readonly model = undefined;
  readonly id = undefined;
  abstract readonly instances: number;
  private isFrame = false;

  runs(version: ServedVersion): readonly ModelRun[] {
    const { metadata, layout } = version;
    const input = this.inputFor(version);
    this.isFrame = input.kind === 'frame';
    const inputs = toTensors(input, metadata.inputs);
    if (!layout.isStacked) return [{ inputs, rows: 1 }];
    const rows = rowsOf(inputs);
    // No rows give no rows: there is nothing to ask the runtime for.
    return rows === 0 ? [] : [{ inputs, rows }];
  }

  answer([outputs]: readonly Tensors[], _runs: readonly ModelRun[], { version }: AnswerContext): Answer {
    const specs = version.metadata.outputs;
    const body = this.isFrame ? encodeRecords(outputs, specs) : encodeByName(outputs, specs);
    return { contentType: 'application/json', body };
  }

  protected abstract inputFor(version: ServedVersion): ModelInput;
}

/** Rows of several requests run together, so every input must have one for each. */
function rowsOf(inputs: Tensors): number {
  const lengths = Object.entries(inputs).map(([name, { dims }]) => ({ name, length: dims[0] ?? 1 }));
  const rows = lengths[0]?.length ?? 1;
  if (lengths.every(({ length }) => length === rows)) return rows;
  throw invalid(
    `inputs must have equal numbers of rows, got ${lengths.map(({ name, length }) => `${length} of ${name}`).join(', ')}`,
  );
}

class JsonInvocation extends Invocation {
  readonly instances: number;

  constructor(private readonly body: InvocationBody) {
    super();
    this.instances = claimedRows(body.raw);
  }

  protected inputFor({ mlmodel }: ServedVersion): ModelInput {
    const schema = inputSchemaOf(mlmodel);
    const data = this.body.dataFor(schema);
    const input = jsonInput(this.body.format, data, schema);
    checkParams(this.body.params, mlmodel.signature);
    return input;
  }
}

class CsvInvocation extends Invocation {
  readonly instances: number;

  constructor(private readonly text: string) {
    super();
    this.instances = Math.max(1, text.trimEnd().split('\n').length - 1);
  }

  protected inputFor({ mlmodel }: ServedVersion): ModelInput {
    return csvInput(this.text, inputSchemaOf(mlmodel));
  }
}

/** How many rows the caller meant, for counts of failures. */
function claimedRows(data: unknown): number {
  const rows = Array.isArray(data) ? data : (data as { readonly data?: unknown } | null | undefined)?.data;
  return Array.isArray(rows) ? Math.max(1, rows.length) : 1;
}
