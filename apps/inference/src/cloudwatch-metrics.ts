import { http5xx, type CloudWatchMetric } from '@tidegate/metrics';

/** What the metric lines tell CloudWatch; alarms and dashboards use these names. */
export const inferenceCloudWatchMetrics: readonly CloudWatchMetric[] = [
  { name: 'Predictions', series: 'inference_predictions_total', value: 'growth' },
  { name: 'PredictionErrors', series: 'inference_errors_total', value: 'growth' },
  {
    name: 'RequestsOverloaded',
    series: 'inference_rejected_total',
    where: ({ reason }) => reason === 'queue_full',
    value: 'growth',
  },
  { name: 'Batches', series: 'inference_batch_rows_count', value: 'growth', isOnlyInLog: true },
  { name: 'BatchRows', series: 'inference_batch_rows_sum', value: 'growth', isOnlyInLog: true },
  { name: 'ModelsLoaded', series: 'inference_model_loaded', value: 'lowest' },
  { name: 'MlflowAccessible', series: 'inference_mlflow_accessible', value: 'lowest' },
  { name: 'LogEventsWaiting', series: 'inference_log_events_waiting', value: 'highest' },
  {
    name: 'LogEventsLost',
    series: 'inference_log_events_total',
    where: ({ result }) => result === 'dropped' || result === 'rejected',
    value: 'growth',
  },
  http5xx,
];
