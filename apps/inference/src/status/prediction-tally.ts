import type { Clock } from '@tidegate/clock';
import type { InferenceMetrics } from './inference-metrics';

/** What one answered request took. */
export interface AnsweredRequest {
  readonly instances: number;
  readonly computeMs: number;
  readonly requestMs: number;
}

/** Counts instances, for `/health` and the metrics alike. */
export class PredictionTally {
  readonly startedAtMs: number;
  private predictions = 0;
  private errors = 0;
  private lastAtMs: number | undefined;

  constructor(
    private readonly metrics: InferenceMetrics,
    private readonly clock: Clock,
  ) {
    this.startedAtMs = clock.nowMs();
  }

  get predictionCount(): number {
    return this.predictions;
  }

  get errorCount(): number {
    return this.errors;
  }

  /** Unix milliseconds; undefined before the first prediction. */
  get lastPredictionAtMs(): number | undefined {
    return this.lastAtMs;
  }

  /** Both rates exist from the start, so that a query over them has an answer. */
  announce(model: string): void {
    this.metrics.predictions.inc({ model }, 0);
    this.metrics.errors.inc({ model }, 0);
  }

  answered(model: string, request: AnsweredRequest): void {
    this.predictions += request.instances;
    this.lastAtMs = this.clock.nowMs();
    this.metrics.predictions.inc({ model }, request.instances);
    this.metrics.batchRows.observe({ model }, request.instances);
    this.metrics.computeDuration.observe({ model }, request.computeMs / 1000);
    this.metrics.requestDuration.observe({ model }, request.requestMs / 1000);
  }

  failed(model: string, instances: number, reason: string): void {
    this.errors += instances;
    this.metrics.errors.inc({ model }, instances);
    this.metrics.failures.inc({ model, reason }, instances);
  }
}
