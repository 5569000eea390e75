import { PROBLEM_CONTENT_TYPE, problemBody, ProblemError } from '@tidegate/schemas';
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
import { parsePredictBody, type PredictBody } from './predict-body';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i;

/** Tidegate's own protocol: `POST /predict`, one prediction an instance, in order. */
export class PredictProtocol implements ScoringProtocol {
  readonly route = '/predict';

  constructor(private readonly maxInstances: number) {}

  parse({ headers, body }: RawRequest): ScoringRequest {
    const type = headers['content-type'];
    if (type !== 'application/json' && !JSON_TYPE.test(type ?? '')) {
      throw new ProblemError('UNSUPPORTED_MEDIA_TYPE', {
        detail: `content-type: expected application/json, got ${type ?? 'nothing'}`,
      });
    }
    return new PredictRequest(parsePredictBody(body, this.maxInstances));
  }

  errorAnswer(problem: ProblemError, requestId: string): Answer {
    const body = JSON.stringify(problemBody(problem.code, problem.message, requestId));
    return { contentType: PROBLEM_CONTENT_TYPE, body };
  }
}

class PredictRequest implements ScoringRequest {
  readonly model: string | undefined;
  readonly id: string | undefined;
  readonly instances: number;
  private readonly values: readonly unknown[];

  constructor({ model, id, instances }: PredictBody) {
    this.model = model;
    this.id = id;
    this.values = instances;
    this.instances = instances.length;
  }

  /** Every instance is checked before the first one runs. */
  runs({ layout, reader }: ServedVersion): readonly ModelRun[] {
    const { values } = this;
    if (layout.isStacked) return [{ inputs: reader.read(values, 0, values.length), rows: values.length }];
    return values.map((_, row) => ({ inputs: reader.read(values, row, 1), rows: 1 }));
  }

  answer(outputs: readonly Tensors[], runs: readonly ModelRun[], context: AnswerContext): Answer {
    const { id, alias, version } = context;
    const rowTexts = version.outputTexts(outputs, runs);
    const { name, version: number } = version.target;
    const model = `{"name":${JSON.stringify(name)},"version":${JSON.stringify(number)}${
      alias === undefined ? '' : `,"alias":${JSON.stringify(alias)}`
    }}`;
    const body = `{"id":"${id}","predictions":[${rowTexts.join(',')}],"model":${model}}`;
    return { contentType: 'application/json; charset=utf-8', body, rowTexts };
  }
}
