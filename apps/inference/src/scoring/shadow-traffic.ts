import type { Clock } from '@tidegate/clock';
import type { PredictionEvents } from '../events/prediction-events';
import { RequestAbandoned } from '../execution/run-queue';
import type { ModelFollower } from '../models/model-follower';
import { stageOf } from '../models/model-selector';
import type { ServedModels } from '../models/served-models';
import type { ServedVersion } from '../models/served-version';
import type { ModelRun } from '../protocols/protocol';
import type { InferenceMetrics } from '../status/inference-metrics';
import type { TensorSpec } from '../tensors/tensor';

/** A prediction that was answered. */
export interface AnsweredPrediction {
  readonly id: string;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly subject: string | undefined;
  readonly follower: ModelFollower;
  readonly version: ServedVersion;
  readonly runs: readonly ModelRun[];
}

export interface ShadowParts {
  readonly models: ServedModels;
  readonly events: PredictionEvents;
  readonly metrics: InferenceMetrics;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/**
 * Runs challengers on a share of the answered predictions and logs what they say. The answer is made before, and a
 * challenger that has not finished the one before gets nothing: neither answers nor latency depend on it.
 */
export class ShadowTraffic {
  constructor(private readonly parts: ShadowParts) {}

  consider(prediction: AnsweredPrediction): void {
    for (const shadow of this.parts.models.shadowsOf(prediction.follower)) {
      if (this.parts.random() < shadow.share) setImmediate(() => void this.run(shadow.follower, prediction));
    }
  }

  private async run(shadow: ModelFollower, prediction: AnsweredPrediction): Promise<void> {
    const count = (result: string): void =>
      this.parts.metrics.shadowPredictions.inc({
        model: shadow.selector.name,
        alias: stageOf(shadow.selector),
        result,
      });
    const version = shadow.current;
    if (version === undefined) return count('not_loaded');
    if (!version.executor.isIdle) return count('skipped');
    if (
      !takesTheSame(version.metadata.inputs, prediction.version.metadata.inputs) ||
      !takesRows(version, prediction.runs)
    )
      return count('other_inputs');
    version.acquire();
    const startedMs = this.parts.clock.monotonicMs();
    try {
      const outputs = await Promise.all(version.executor.submit(prediction.runs, () => false));
      const { id, requestId, traceparent, subject, runs } = prediction;
      this.parts.events.add({
        id,
        requestId,
        traceparent,
        subject,
        latencyMs: this.parts.clock.monotonicMs() - startedMs,
        follower: shadow,
        version,
        runs,
        shadowOf: prediction.follower.selector.text,
        rowTexts: () => version.outputTexts(outputs, runs),
        inputTexts: () => version.inputTexts(runs),
      });
      count('answered');
    } catch (error) {
      count(error instanceof RequestAbandoned ? 'skipped' : 'failed');
    } finally {
      version.release();
    }
  }
}

/**
 * Rows were put together as the model that answered takes them. One that gives no row for each would be misunderstood, and
 * so would one that does, of runs that the other took as a whole.
 */
function takesRows({ layout }: ServedVersion, runs: readonly ModelRun[]): boolean {
  if (!layout.isStacked) return runs.every(({ rows }) => rows === 1);
  return runs.every(({ inputs, rows }) => Object.values(inputs).every(({ dims }) => dims[0] === rows));
}

function takesTheSame(own: readonly TensorSpec[], given: readonly TensorSpec[]): boolean {
  return JSON.stringify(own) === JSON.stringify(given);
}
