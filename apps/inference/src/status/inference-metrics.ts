import { Injectable } from '@nestjs/common';
import { LeanHistogram } from '@tidegate/metrics';
import { Counter, Gauge } from 'prom-client';

const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The metrics of this app; their names are read by dashboards and alert rules. */
@Injectable()
export class InferenceMetrics {
  readonly modelLoaded = new Gauge({
    name: 'inference_model_loaded',
    help: '1 while a version of the model is served.',
    labelNames: ['model', 'stage'],
  });
  readonly modelFromDisk = new Gauge({
    name: 'inference_model_from_disk',
    help: '1 while the version that served before the start is served from its copy on disk, unconfirmed by the registry.',
    labelNames: ['model', 'stage'],
  });
  /** Counted elsewhere, once a request: see `countPredictions`. */
  readonly predictions: Counter<'model'> = new Counter({
    name: 'inference_predictions_total',
    help: 'Instances answered.',
    labelNames: ['model'],
    collect: () => {
      this.predictions.reset();
      for (const [model, count] of this.countPredictions()) this.predictions.inc({ model }, count);
    },
  });
  readonly errors = new Counter({
    name: 'inference_errors_total',
    help: 'Instances failed, bad input included; a body that is refused before it is read counts nothing.',
    labelNames: ['model'],
  });
  readonly failures = new Counter({
    name: 'inference_failures_total',
    help: 'Instances failed, by reason.',
    labelNames: ['model', 'reason'],
  });
  readonly mlflowAccessible = new Gauge({
    name: 'inference_mlflow_accessible',
    help: '1 while the registry answers.',
  });
  readonly rejected = new Counter({
    name: 'inference_rejected_total',
    help: 'Requests that were not run: the queue was full, or the caller had left.',
    labelNames: ['model', 'reason'],
  });
  readonly requestDuration = new LeanHistogram({
    name: 'inference_request_duration_seconds',
    help: 'Duration of an answered prediction request, from its headers to its answer.',
    labelNames: ['model'],
    buckets: DURATION_BUCKETS,
  });
  readonly queueDuration = new LeanHistogram({
    name: 'inference_queue_duration_seconds',
    help: 'How long instances waited for their run.',
    labelNames: ['model'],
    buckets: DURATION_BUCKETS,
  });
  readonly computeDuration = new LeanHistogram({
    name: 'inference_compute_duration_seconds',
    help: 'Duration of a run of the model.',
    labelNames: ['model'],
    buckets: DURATION_BUCKETS,
  });
  readonly batchRows = new LeanHistogram({
    name: 'inference_batch_rows',
    help: 'Instances per run.',
    labelNames: ['model'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
  });
  readonly queueRows: Gauge<'model'> = new Gauge({
    name: 'inference_queue_rows',
    help: 'Instances that wait for their run.',
    labelNames: ['model'],
    collect: () => {
      this.queueRows.reset();
      for (const [model, rows] of this.countQueueRows()) this.queueRows.inc({ model }, rows);
    },
  });
  readonly workersLost = new Counter({
    name: 'inference_workers_lost_total',
    help: 'Worker threads that died or were given up because a run took too long.',
    labelNames: ['model'],
  });
  readonly shadowPredictions = new Counter({
    name: 'inference_shadow_requests_total',
    help: 'Requests that were considered for a challenger, by what became of them.',
    labelNames: ['model', 'alias', 'result'],
  });
  readonly modelInfo = new Gauge({
    name: 'inference_model_info',
    help: 'The version that is served.',
    labelNames: ['model', 'version', 'alias'],
  });
  readonly modelReloads = new Counter({
    name: 'inference_model_reloads_total',
    help: 'Versions loaded, or tried in vain.',
    labelNames: ['model', 'result'],
  });
  readonly logEvents = new Counter({
    name: 'inference_log_events_total',
    help: 'Events for the prediction log, by what became of them.',
    labelNames: ['result'],
  });
  readonly logEventsWaiting: Gauge = new Gauge({
    name: 'inference_log_events_waiting',
    help: 'Events that wait for the prediction log, in memory and on disk.',
    collect: () => this.logEventsWaiting.set(this.countWaitingEvents()),
  });
  readonly logSpoolBytes: Gauge = new Gauge({
    name: 'inference_log_spool_bytes',
    help: 'Events that wait for the prediction log on disk.',
    collect: () => this.logSpoolBytes.set(this.countSpooledBytes()),
  });
  /** By model; set by what counts. */
  countPredictions: () => readonly (readonly [string, number])[] = () => [];
  /** By model; set by what holds the queues. */
  countQueueRows: () => readonly (readonly [string, number])[] = () => [];
  /** Set by what holds the events. */
  countWaitingEvents: () => number = () => 0;
  /** Set by what holds the events. */
  countSpooledBytes: () => number = () => 0;
}
