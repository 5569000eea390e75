import type { Clock } from '@tidegate/clock';
import { ProblemError } from '@tidegate/schemas';
import type { PredictionEvents } from '../events/prediction-events';
import { RequestAbandoned } from '../execution/run-queue';
import type { ModelFollower } from '../models/model-follower';
import type { ServedModels } from '../models/served-models';
import type { ServedVersion } from '../models/served-version';
import type { Answer, ModelRun, RawRequest, ScoringProtocol, ScoringRequest } from '../protocols/protocol';
import type { PredictionTally } from '../status/prediction-tally';
import type { Tensors } from '../tensors/tensor';
import { findAllowed } from './find-allowed';
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
    const { models } = this.parts;
    const named = (): ModelFollower | undefined => models.find(protocol.modelIn?.(raw.path));
    const request = this.counted(named, 1, () => protocol.parse(raw));
    const follower = findAllowed(models, request, raw.headers);
    const version = this.counted(
      () => follower,
      request.instances,
      () => {
        this.parts.events.requireRoomFor(request.instances);
        return versionFor(follower, request);
      },
    );
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
    const prediction = { id, requestId, traceparent, subject, latencyMs, follower, version, runs };
    if (this.parts.events.isOn) {
      this.parts.events.add({
        ...prediction,
        rowTexts: () => answer.rowTexts ?? version.outputTexts(outputs, runs),
        inputTexts: () => version.inputTexts(runs),
      });
    }
    this.parts.tally.of(follower.selector.name).answered(rowsOf(runs), latencyMs);
    this.parts.shadows.consider(prediction);
    return answer;
  }

  /** Counts the instances as failed when `step` throws. */
  private counted<T>(followerOf: () => ModelFollower | undefined, instances: number, step: () => T): T {
    try {
      return step();
    } catch (error) {
      const follower = followerOf();
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

function rowsOf(runs: readonly ModelRun[]): number {
  return runs.reduce((sum, { rows }) => sum + rows, 0);
}
