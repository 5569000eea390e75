import { Injectable } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { ProblemError } from '@tidegate/schemas';
import type { ModelFollower } from '../models/model-follower';
import type { ServedModels } from '../models/served-models';
import type { ServedVersion } from '../models/served-version';
import type { PredictionTally } from '../status/prediction-tally';
import { parsePredictBody, type PredictBody } from './predict-body';
import type { PredictionEvents } from './prediction-events';

/** What a request carries beside its body. */
export interface PredictContext {
  readonly requestId: string;
  readonly traceparent: string | undefined;
}

/** Body of the answer to `POST /predict`: one prediction per instance, in order. */
export interface PredictAnswer {
  readonly id: string;
  readonly predictions: readonly unknown[];
  readonly model: { readonly name: string; readonly version: string; readonly alias?: string };
}

export interface PredictParts {
  readonly models: ServedModels;
  readonly tally: PredictionTally;
  readonly events: PredictionEvents;
  readonly clock: Clock;
  readonly maxInstances: number;
}

/** One request from text to answer: which model, its predictions, the counts, the events for the log. */
@Injectable()
export class PredictService {
  constructor(private readonly parts: PredictParts) {
    for (const { selector } of parts.models.followers) parts.tally.announce(selector.name);
  }

  /** @throws ProblemError `BODY_INVALID`, `MODEL_NOT_FOUND`, `MODEL_NOT_LOADED`; `MODEL_FAILED`. */
  async predict(text: string, context: PredictContext): Promise<PredictAnswer> {
    const startedMs = this.parts.clock.monotonicMs();
    const body = this.counted(this.parts.models.find(), 1, () =>
      parsePredictBody(text, this.parts.maxInstances),
    );
    const follower = this.parts.models.find(body.model);
    if (follower === undefined) throw this.notServed(body);
    const count = body.instances.length;
    const version = this.counted(follower, count, () => loadedVersion(follower));
    return version.use(() => this.run(body, follower, version, { ...context, startedMs }));
  }

  private async run(
    body: PredictBody,
    { selector }: ModelFollower,
    version: ServedVersion,
    context: PredictContext & { startedMs: number },
  ): Promise<PredictAnswer> {
    const { clock, tally, events } = this.parts;
    const { instances } = body;
    const computeStartedMs = clock.monotonicMs();
    const predictions = await version.predict(instances).catch((error: unknown) => {
      const problem = error instanceof ProblemError ? error : modelFailed(error);
      tally.failed(selector.name, instances.length, problem.code);
      throw problem;
    });
    const endedMs = clock.monotonicMs();
    const requestMs = endedMs - context.startedMs;
    tally.answered(selector.name, {
      instances: instances.length,
      computeMs: endedMs - computeStartedMs,
      requestMs,
    });
    const id = body.id ?? context.requestId;
    const { name, version: number } = version.target;
    const alias = selector.alias === undefined ? {} : { alias: selector.alias };
    const answer = { id, predictions, model: { name, version: number, ...alias } };
    events.add(answer, instances, { ...context, latencyMs: requestMs });
    return answer;
  }

  /** Counts the instances as failed when `step` throws. */
  private counted<T>(follower: ModelFollower | undefined, instances: number, step: () => T): T {
    try {
      return step();
    } catch (error) {
      if (follower !== undefined && error instanceof ProblemError) {
        this.parts.tally.failed(follower.selector.name, instances, error.code);
      }
      throw error;
    }
  }

  /** Counted nowhere: the name comes from outside and must not become a metric label. */
  private notServed(body: PredictBody): ProblemError {
    const served = this.parts.models.followers.map(({ selector }) => selector.text).join(', ');
    return new ProblemError('MODEL_NOT_FOUND', {
      detail: `model: ${JSON.stringify(body.model?.slice(0, 100))} is not served here; served are ${served}`,
    });
  }
}

function loadedVersion({ current, problem, selector }: ModelFollower): ServedVersion {
  if (current !== undefined) return current;
  const cause = problem === undefined ? 'it is being loaded' : problem.problem.code;
  throw new ProblemError('MODEL_NOT_LOADED', {
    detail: `${selector.text} is not loaded yet: ${cause}`,
    headers: { 'retry-after': '5' },
  });
}

function modelFailed(cause: unknown): ProblemError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new ProblemError('MODEL_FAILED', {
    detail: `The model failed on these instances: ${said}`,
    cause,
  });
}
