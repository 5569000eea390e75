import type { Dashboard } from './dashboard';
import { percentiles, PROBES } from './queries';

const REQUESTS = `job="logging-service", route!~"${PROBES}"`;

export const predictionLogDashboard: Dashboard = {
  uid: 'tidegate-prediction-log',
  title: 'Tidegate: prediction log',
  description: 'What is stored, how much of it is a defect, what waits.',
  rows: [
    {
      title: 'Events',
      panels: [
        {
          title: 'Events stored',
          unit: 'ops',
          queries: [{ expr: 'rate(logging_predictions_total[1m])', legend: '{{instance}}' }],
        },
        {
          title: 'Defect rate',
          unit: 'percentunit',
          badFrom: 0.2,
          queries: [
            {
              expr: 'rate(logging_defects_total[1m]) / rate(logging_predictions_total[1m])',
              legend: '{{instance}}',
            },
          ],
        },
        {
          title: 'Refused events and requests',
          unit: 'ops',
          queries: [{ expr: 'rate(logging_errors_total[1m])', legend: '{{instance}}' }],
        },
        {
          title: 'Database reached',
          kind: 'number',
          unit: 'bool_yes_no',
          badBelow: 1,
          queries: [{ expr: 'logging_db_initialized', legend: '{{instance}}' }],
        },
      ],
    },
    {
      title: 'Spool and partitions',
      panels: [
        {
          title: 'Events that wait',
          unit: 'short',
          queries: [{ expr: 'logging_spool_records', legend: '{{instance}}' }],
        },
        {
          title: 'Bytes that wait',
          unit: 'bytes',
          queries: [{ expr: 'logging_spool_bytes', legend: '{{instance}}' }],
        },
        {
          title: 'Age of the oldest',
          unit: 's',
          badFrom: 600,
          queries: [{ expr: 'logging_spool_oldest_age_seconds', legend: '{{instance}}' }],
        },
        {
          title: 'Set aside, or without a partition',
          kind: 'number',
          unit: 'short',
          badFrom: 1,
          queries: [
            { expr: 'sum(logging_spool_set_aside_total)', legend: 'set aside since the start' },
            { expr: 'max(logging_default_partition_rows)', legend: 'rows in predictions_default' },
          ],
        },
      ],
    },
    {
      title: 'Requests',
      panels: [
        {
          title: 'Requests by route and status',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (route, status) (rate(http_request_duration_seconds_count{${REQUESTS}}[$__rate_interval]))`,
              legend: '{{route}} {{status}}',
            },
          ],
        },
        {
          title: 'Duration by route',
          unit: 's',
          queries: percentiles('http_request_duration_seconds', 'route', `{${REQUESTS}}`),
        },
      ],
    },
  ],
};
