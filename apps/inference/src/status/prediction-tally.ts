import { Logger } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import type { HistogramSeries } from '@tidegate/metrics';
import type { LanesListener } from '../execution/lanes';
import type { ExecutorListener } from '../execution/model-executor';
import type { InferenceMetrics } from './inference-metrics';

/** Counts instances, for `/health` and the metrics alike. */
export class PredictionTally {
  readonly startedAtMs: number;
  private readonly byModel = new Map<string, ModelTally>();

  constructor(
    private readonly metrics: InferenceMetrics,
    private readonly clock: Clock,
  ) {
    this.startedAtMs = clock.nowMs();
    metrics.countPredictions = () =>
      [...this.byModel].map(([model, { predictions }]): [string, number] => [model, predictions]);
  }

  get predictionCount(): number {
    return this.sum(({ predictions }) => predictions);
  }

  get errorCount(): number {
    return this.sum(({ errors }) => errors);
  }

  /** Unix milliseconds; undefined before the first prediction. */
  get lastPredictionAtMs(): number | undefined {
    const lastMs = Math.max(0, ...[...this.byModel.values()].map(({ lastAtMs }) => lastAtMs ?? 0));
    return lastMs === 0 ? undefined : lastMs;
  }

  /** Of the model with this name, as in MODELS. Its series exist from then on, so that a query over them has an answer. */
  of(model: string): ModelTally {
    let tally = this.byModel.get(model);
    if (tally === undefined) {
      tally = new ModelTally(model, this.metrics, this.clock);
      this.byModel.set(model, tally);
    }
    return tally;
  }

  private sum(count: (tally: ModelTally) => number): number {
    return [...this.byModel.values()].reduce((total, tally) => total + count(tally), 0);
  }
}

/** The counts of one model. What happens for every request keeps its series: looking them up costs more than counting. */
class ModelTally implements ExecutorListener, LanesListener {
  predictions = 0;
  errors = 0;
  lastAtMs: number | undefined;
  private readonly requestDuration: HistogramSeries;
  private readonly queueDuration: HistogramSeries;
  private readonly computeDuration: HistogramSeries;
  private readonly batchRows: HistogramSeries;
  private readonly logger = new Logger('Workers');

  constructor(
    private readonly model: string,
    private readonly metrics: InferenceMetrics,
    private readonly clock: Clock,
  ) {
    this.requestDuration = metrics.requestDuration.series({ model });
    this.queueDuration = metrics.queueDuration.series({ model });
    this.computeDuration = metrics.computeDuration.series({ model });
    this.batchRows = metrics.batchRows.series({ model });
    metrics.errors.inc({ model }, 0);
    metrics.workersLost.inc({ model }, 0);
  }

  answered(instances: number, requestMs: number): void {
    this.predictions += instances;
    this.lastAtMs = this.clock.nowMs();
    this.requestDuration.observe(requestMs / 1000);
  }

  failed(instances: number, reason: string): void {
    this.errors += instances;
    this.metrics.errors.inc({ model: this.model }, instances);
    this.metrics.failures.inc({ model: this.model, reason }, instances);
  }

  /** Not run, through no fault of the input. */
  rejected(reason: 'queue_full' | 'caller_left'): void {
    this.metrics.rejected.inc({ model: this.model, reason });
  }

  onLost(cause: string): void {
    this.metrics.workersLost.inc({ model: this.model });
    this.logger.error({ model: this.model, cause }, 'a worker of the model is lost; another one is started');
  }

  onNotReplaced(error: unknown, failures: number): void {
    this.logger.error(
      { model: this.model, err: error, failures },
      'a lost worker could not be replaced; trying again',
    );
  }

  onTaken(queuedMs: number): void {
    this.queueDuration.observe(queuedMs / 1000);
  }

  onRun(rows: number, durationMs: number): void {
    this.batchRows.observe(rows);
    this.computeDuration.observe(durationMs / 1000);
  }
}
