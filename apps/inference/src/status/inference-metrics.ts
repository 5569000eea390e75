import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';

const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The metrics of this app; their names are read by dashboards and alert rules. */
@Injectable()
export class InferenceMetrics {
  readonly modelLoaded = new Gauge({
    name: 'inference_model_loaded',
    help: '1 while a version of the model is served.',
    labelNames: ['model', 'stage'],
  });
  readonly predictions = new Counter({
    name: 'inference_predictions_total',
    help: 'Instances answered.',
    labelNames: ['model'],
  });
  readonly errors = new Counter({
    name: 'inference_errors_total',
    help: 'Instances failed, bad input included.',
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
  readonly requestDuration = new Histogram({
    name: 'inference_request_duration_seconds',
    help: 'Duration of POST /predict, from the parsed request to its answer.',
    labelNames: ['model'],
    buckets: DURATION_BUCKETS,
  });
  readonly computeDuration = new Histogram({
    name: 'inference_compute_duration_seconds',
    help: 'Duration of checking and running the instances of a request.',
    labelNames: ['model'],
    buckets: DURATION_BUCKETS,
  });
  readonly batchRows = new Histogram({
    name: 'inference_batch_rows',
    help: 'Instances per request.',
    labelNames: ['model'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
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
    help: 'Events that wait for the prediction log.',
    collect: () => this.logEventsWaiting.set(this.countWaitingEvents()),
  });
  /** Set by what holds the events. */
  countWaitingEvents: () => number = () => 0;
}
