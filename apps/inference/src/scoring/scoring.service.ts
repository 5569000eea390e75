import type { Clock } from '@tidegate/clock';
import { ALLOWED_MODELS_HEADER, decodeAllowedModels, ProblemError } from '@tidegate/schemas';
import type { PredictionEvents } from '../events/prediction-events';
import { RequestAbandoned } from '../execution/run-queue';
import type { ModelFollower } from '../models/model-follower';
import type { ServedModels } from '../models/served-models';
import type { ServedVersion } from '../models/served-version';
import type { Answer, ModelRun, RawRequest, ScoringProtocol, ScoringRequest } from '../protocols/protocol';
import type { PredictionTally } from '../status/prediction-tally';
import type { Tensors } from '../tensors/tensor';
import type { ShadowTraffic } from './shadow-traffic';

/** What a request carries beside its body. */
export interface ScoringContext {
  readonly requestId: string;
  readonly traceparent: string | undefined;
  /** Whom the prediction is about, as the caller calls them. */
  readonly subject: string | undefined;
  /** Of the monotonic clock. */
  readonly startedMs: number;
  /** Whether the caller has left. */
  readonly isAbandoned: () => boolean;
}

export interface ScoringParts {
  readonly models: ServedModels;
  readonly tally: PredictionTally;
  readonly events: PredictionEvents;
  readonly shadows: ShadowTraffic;
  readonly clock: Clock;
}

interface Scored {
  readonly follower: ModelFollower;
  readonly version: ServedVersion;
  readonly runs: readonly ModelRun[];
  readonly outputs: readonly Tensors[];
  readonly context: ScoringContext;
}

/** One request from its body to its answer: which model, the runs, the counts, the events for the log. */
export class ScoringService {
  constructor(private readonly parts: ScoringParts) {}

  /** @throws ProblemError for all that is expected; RequestAbandoned when the caller left before the model ran. */
  async score(protocol: ScoringProtocol, raw: RawRequest, context: ScoringContext): Promise<Answer> {
    const request = this.counted(this.parts.models.find(), 1, () => protocol.parse(raw));
    const follower = this.parts.models.find(request.model);
    if (follower === undefined) throw this.notServed(request.model);
    assertAllowed(follower, raw);
    const version = this.counted(follower, request.instances, () => {
      if (this.parts.events.refusesRequests) throw logIsFull();
      return versionFor(follower, request);
    });
    version.acquire();
    try {
      const runs = request.runs(version);
      const submitted = version.executor.submit(runs, context.isAbandoned);
      const outputs =
        submitted.length === 1 ? [(await submitted[0]) as Tensors] : await Promise.all(submitted);
      return this.answer(request, { follower, version, runs, outputs, context });
    } catch (error) {
      throw this.failed(follower, request, error);
    } finally {
      version.release();
    }
  }

  private answer(request: ScoringRequest, scored: Scored): Answer {
    const { follower, version, runs, outputs, context } = scored;
    const { requestId, traceparent, subject } = context;
    const id = request.id ?? requestId;
    const answer = request.answer(outputs, runs, { id, version, alias: follower.selector.alias });
    const latencyMs = this.parts.clock.monotonicMs() - context.startedMs;
    this.parts.tally.of(follower.selector.name).answered(rowsOf(runs), latencyMs);
    const prediction = { id, requestId, traceparent, subject, latencyMs, follower, version, runs };
    if (this.parts.events.isOn) {
      this.parts.events.add({
        ...prediction,
        rowTexts: () => answer.rowTexts ?? version.outputTexts(outputs, runs),
        inputTexts: () => version.inputTexts(runs),
      });
    }
    this.parts.shadows.consider(prediction);
    return answer;
  }

  /** Counts the instances as failed when `step` throws. */
  private counted<T>(follower: ModelFollower | undefined, instances: number, step: () => T): T {
    try {
      return step();
    } catch (error) {
      if (follower !== undefined && error instanceof ProblemError) {
        this.parts.tally.of(follower.selector.name).failed(instances, error.code);
      }
      throw error;
    }
  }

  /** What is refused for lack of room, or not wanted any more, is no failed prediction. */
  private failed({ selector }: ModelFollower, request: ScoringRequest, error: unknown): unknown {
    const tally = this.parts.tally.of(selector.name);
    if (error instanceof RequestAbandoned) tally.rejected('caller_left');
    else if (error instanceof ProblemError && error.code === 'QUEUE_FULL') tally.rejected('queue_full');
    else tally.failed(request.instances, error instanceof ProblemError ? error.code : 'INTERNAL_ERROR');
    return error;
  }

  /** Counted nowhere: the name comes from outside and must not become a metric label. */
  private notServed(model: string | undefined): ProblemError {
    const served = this.parts.models.followers.map(({ selector }) => selector.text).join(', ');
    return new ProblemError('MODEL_NOT_FOUND', {
      detail: `model: ${JSON.stringify(model?.slice(0, 100))} is not served here; served are ${served}`,
    });
  }
}

function versionFor({ current, problem, selector }: ModelFollower, request: ScoringRequest): ServedVersion {
  if (current === undefined) {
    const cause = problem === undefined ? 'it is being loaded' : problem.problem.code;
    throw new ProblemError('MODEL_NOT_LOADED', {
      detail: `${selector.text} is not loaded yet: ${cause}`,
      headers: { 'retry-after': '5' },
    });
  }
  if (request.version === undefined || request.version === current.target.version) return current;
  throw new ProblemError('MODEL_NOT_FOUND', {
    detail: `version: ${JSON.stringify(request.version.slice(0, 100))} of ${selector.name} is not served here; served is ${current.target.version}`,
  });
}

/** The gateway says which models a key is limited to. */
function assertAllowed({ selector }: ModelFollower, { headers }: RawRequest): void {
  const header = headers[ALLOWED_MODELS_HEADER];
  if (header === undefined) return;
  const allowed = decodeAllowedModels(typeof header === 'string' ? header : '');
  if (allowed?.has(selector.name) ?? true) return;
  throw new ProblemError('MODEL_NOT_ALLOWED', { detail: `The API key is not made for ${selector.name}.` });
}

function logIsFull(): ProblemError {
  return new ProblemError('OVERLOADED', {
    detail:
      'The spool of the prediction log is full and LOG_WHEN_FULL is refuse: no prediction is made that cannot be logged.',
    headers: { 'retry-after': '10' },
  });
}

function rowsOf(runs: readonly ModelRun[]): number {
  return runs.reduce((sum, { rows }) => sum + rows, 0);
}
