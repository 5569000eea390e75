import type { ProblemError } from '@tidegate/schemas';
import type { ServedVersion } from '../../models/served-version';
import type { Tensors } from '../../tensors/tensor';
import type {
  Answer,
  AnswerContext,
  ModelRun,
  RawRequest,
  ScoringProtocol,
  ScoringRequest,
} from '../protocol';
import { splitBody } from './body-frame';
import { invalid } from '../../tensors/body-problem';
import type { InferRequest } from './infer-request';
import { type ModelReference, modelInPath, parseInferPath } from './model-path';
import { openInferenceError } from './open-inference-error';
import { parseInferRequest } from './parse-infer-request';
import { rawInput } from './raw-request';
import { readInputs, requireOutputs } from './read-inputs';
import { writeAnswer } from './write-answer';

/** What the prediction log takes as an id; others are only given back to the caller. */
const LOGGED_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** `POST /v2/models/{model}[/versions/{version}]/infer`: one run a request, its tensors as they were given. */
export class OpenInferenceProtocol implements ScoringProtocol {
  readonly route = '/v2/models/:model/infer';

  modelIn(path: string): string {
    return modelInPath(path);
  }

  parse({ path, headers, body }: RawRequest): ScoringRequest {
    const reference = parseInferPath(path);
    const frame = splitBody(headers, body);
    if (frame.isSplit && frame.json === '') return new RawInferRequest(reference, frame.binary);
    return new OpenInferenceRequest(reference, parseInferRequest(frame));
  }

  errorAnswer(problem: ProblemError, requestId: string): Answer {
    return openInferenceError(problem, requestId);
  }
}

class OpenInferenceRequest implements ScoringRequest {
  readonly model: string;
  readonly version?: string;
  readonly id: string | undefined;
  readonly instances: number;

  constructor(
    { model, version }: ModelReference,
    protected readonly request: InferRequest,
  ) {
    this.model = model;
    if (version !== undefined) this.version = version;
    this.id = LOGGED_ID.test(request.id ?? '') ? request.id : undefined;
    this.instances = claimedRows(request);
  }

  runs(version: ServedVersion): readonly ModelRun[] {
    const { inputs, outputs } = this.request;
    requireOutputs(outputs, version.metadata);
    return [readInputs(inputs, version.metadata.inputs, version.layout)];
  }

  answer([outputs]: readonly Tensors[], _runs: readonly ModelRun[], context: AnswerContext): Answer {
    const { target, metadata } = context.version;
    const head = { id: this.request.id ?? context.id, modelName: target.name, modelVersion: target.version };
    return writeAnswer(head, outputs ?? {}, metadata.outputs, this.request);
  }
}

/** The whole body is the data of the only input; the answer is binary, too. */
class RawInferRequest extends OpenInferenceRequest {
  constructor(
    reference: ModelReference,
    private readonly body: Buffer,
  ) {
    super(reference, { id: undefined, inputs: [], outputs: [], isBinaryWanted: true });
    if (body.length === 0) throw invalid('body: expected the data of the input, got nothing');
  }

  override runs(version: ServedVersion): readonly ModelRun[] {
    const specs = version.metadata.inputs;
    return [readInputs([rawInput(this.body, specs)], specs, version.layout)];
  }
}

/** The first length of the first input, if what was sent with it can be that many rows: for counts of failures. */
function claimedRows({ inputs: [first] }: InferRequest): number {
  if (first === undefined) return 1;
  const { shape, content } = first;
  const most = 'bytes' in content ? content.bytes.length : content.items.length;
  return Math.max(1, Math.min(shape[0] ?? 1, most));
}
