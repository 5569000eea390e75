import type { Dashboard } from './dashboard';
import { percentiles } from './queries';

export const inferenceDashboard: Dashboard = {
  uid: 'tidegate-inference',
  title: 'Tidegate: inference',
  description: 'Models: whether they are served, how much, how fast, with how many errors.',
  rows: [
    {
      title: 'Models',
      panels: [
        {
          title: 'Model loaded',
          kind: 'number',
          unit: 'bool_yes_no',
          badBelow: 1,
          queries: [{ expr: 'inference_model_loaded', legend: '{{model}}@{{stage}} {{instance}}' }],
        },
        {
          title: 'Versions served',
          kind: 'table',
          unit: 'short',
          queries: [
            { expr: 'count by (model, alias, version) (inference_model_info)', legend: '{{version}}' },
          ],
        },
        {
          title: 'Registry answers',
          kind: 'number',
          unit: 'bool_yes_no',
          badBelow: 1,
          queries: [{ expr: 'inference_mlflow_accessible', legend: '{{instance}}' }],
        },
        {
          title: 'Versions loaded, or tried in vain',
          unit: 'short',
          queries: [
            {
              expr: 'sum by (model, result) (increase(inference_model_reloads_total[$__rate_interval]))',
              legend: '{{model}} {{result}}',
            },
            {
              expr: 'max by (model, stage) (inference_model_from_disk)',
              legend: '{{model}}@{{stage}} from disk',
            },
          ],
        },
      ],
    },
    {
      title: 'Predictions',
      panels: [
        {
          title: 'Predictions',
          description: 'Instances, not requests.',
          unit: 'ops',
          queries: [{ expr: 'rate(inference_predictions_total[1m])', legend: '{{model}} {{instance}}' }],
        },
        {
          title: 'Error rate',
          description: 'Failed instances for each one answered; bad input counts.',
          unit: 'percentunit',
          badFrom: 0.05,
          queries: [
            {
              expr: 'rate(inference_errors_total[1m]) / rate(inference_predictions_total[1m])',
              legend: '{{model}} {{instance}}',
            },
          ],
        },
        {
          title: 'Failed instances by reason',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (model, reason) (rate(inference_failures_total[$__rate_interval]))',
              legend: '{{model}} {{reason}}',
            },
          ],
        },
        {
          title: 'Requests that were not run',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (model, reason) (rate(inference_rejected_total[$__rate_interval]))',
              legend: '{{model}} {{reason}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Speed',
      panels: [
        {
          title: 'Duration of requests',
          unit: 's',
          badFrom: 0.25,
          queries: percentiles('inference_request_duration_seconds', 'model'),
        },
        {
          title: 'Wait for a run',
          unit: 's',
          queries: percentiles('inference_queue_duration_seconds', 'model'),
        },
        {
          title: 'Duration of a run',
          unit: 's',
          queries: percentiles('inference_compute_duration_seconds', 'model'),
        },
        {
          title: 'Instances per run, and waiting',
          unit: 'short',
          queries: [
            {
              expr: 'sum by (model) (rate(inference_batch_rows_sum[$__rate_interval])) / sum by (model) (rate(inference_batch_rows_count[$__rate_interval]))',
              legend: '{{model}} per run',
            },
            { expr: 'sum by (model) (inference_queue_rows)', legend: '{{model}} waiting' },
          ],
        },
      ],
    },
    {
      title: 'Around it',
      panels: [
        {
          title: 'Events for the prediction log',
          description: 'dropped and rejected are gaps in the log.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (result) (rate(inference_log_events_total[$__rate_interval]))',
              legend: '{{result}}',
            },
          ],
        },
        {
          title: 'Events that wait',
          unit: 'short',
          badFrom: 100,
          queries: [{ expr: 'inference_log_events_waiting', legend: '{{instance}}' }],
        },
        {
          title: 'Bytes that wait on disk',
          unit: 'bytes',
          queries: [{ expr: 'inference_log_spool_bytes', legend: '{{instance}}' }],
        },
        {
          title: 'Challengers and lost workers',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (model, alias, result) (rate(inference_shadow_requests_total[$__rate_interval]))',
              legend: '{{model}}@{{alias}} {{result}}',
            },
            {
              expr: 'sum by (model) (rate(inference_workers_lost_total[$__rate_interval]))',
              legend: '{{model}} workers lost',
            },
          ],
        },
      ],
    },
  ],
};
