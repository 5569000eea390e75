import type { IncomingHttpHeaders } from 'node:http';
import type { ProblemError } from '@tidegate/schemas';
import type { ServedVersion } from '../models/served-version';
import type { Tensors } from '../tensors/tensor';

/** A scoring request as it came, its body complete. */
export interface RawRequest {
  /** Without the query, as sent: `/v2/models/digits/infer`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One run of a model: every input it has; `rows` is the first dimension of a stacked model, else 1. */
export interface ModelRun {
  readonly inputs: Tensors;
  readonly rows: number;
}

/** What the answer needs beside the outputs. */
export interface AnswerContext {
  /** The caller's own id, else the request id. */
  readonly id: string;
  readonly version: ServedVersion;
  /** That is followed; undefined for a fixed version. */
  readonly alias: string | undefined;
}

export interface Answer {
  /** Of an error, where callers of this protocol expect another one than the problem's. */
  readonly status?: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** The predictions as JSON, one text a row, when the protocol made them anyway; saves the log making them again. */
  readonly rowTexts?: readonly string[];
}

/** A body that is well-formed; its values are checked against the model by `runs`. */
export interface ScoringRequest {
  /** As named by the caller; undefined is the default model. */
  readonly model: string | undefined;
  /** Asked for by number: must be the one that is served. */
  readonly version?: string;
  readonly id: string | undefined;
  /** How many instances count as failed when a later step fails; at least 1. */
  readonly instances: number;
  /** @throws ProblemError `BODY_INVALID` that names the place, what was expected and what came. */
  runs(version: ServedVersion): readonly ModelRun[];
  /** `outputs`: one for each run, in order. @throws ProblemError when the caller asked for what the model has not. */
  answer(outputs: readonly Tensors[], runs: readonly ModelRun[], context: AnswerContext): Answer;
}

/** One way to ask for predictions over HTTP. */
export interface ScoringProtocol {
  /** As the label of metrics: the route's pattern. */
  readonly route: string;
  /** The model that the path names, whatever the body is; undefined where paths name none. */
  modelIn?(path: string): string;
  /** @throws ProblemError `BODY_INVALID`, `UNSUPPORTED_MEDIA_TYPE` */
  parse(request: RawRequest): ScoringRequest;
  /** The error as callers of this protocol expect it; the status is the problem's. */
  errorAnswer(problem: ProblemError, requestId: string): Answer;
}
