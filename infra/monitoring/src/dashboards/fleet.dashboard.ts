import type { Dashboard } from './dashboard';

const JOBS = 'job=~"api|inference-service|logging-service"';

export const fleetDashboard: Dashboard = {
  uid: 'tidegate-fleet',
  title: 'Tidegate: fleet',
  description: 'Where to begin: what fires, how much of the error budgets is left, how the processes are.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Firing alerts',
          kind: 'table',
          unit: 'short',
          description: 'docs/alerts.md says what to do about each.',
          queries: [
            {
              expr: 'sum by (severity, alertname) (ALERTS{alertstate="firing"})',
              legend: '{{alertname}}',
            },
          ],
        },
        {
          title: 'Processes that answer',
          kind: 'number',
          unit: 'short',
          badBelow: 1,
          queries: [{ expr: `sum by (job) (up{${JOBS}})`, legend: '{{job}}' }],
        },
        {
          title: 'Models served',
          kind: 'number',
          unit: 'bool_yes_no',
          badBelow: 1,
          queries: [
            { expr: 'max by (model, stage) (inference_model_loaded)', legend: '{{model}}@{{stage}}' },
          ],
        },
      ],
    },
    {
      title: 'Objectives',
      panels: [
        {
          title: 'Error budget left of 30 days',
          kind: 'number',
          unit: 'percentunit',
          badBelow: 0.1,
          queries: [{ expr: '1 - slo:error_ratio:rate30d / slo:error_budget:ratio', legend: '{{slo}}' }],
        },
        {
          title: 'Burn rate, 1 h',
          description: '1 uses up the budget in exactly 30 days. From 14.4 on somebody is woken.',
          unit: 'short',
          badFrom: 14.4,
          queries: [{ expr: 'slo:error_ratio:rate1h / slo:error_budget:ratio', legend: '{{slo}}' }],
        },
        {
          title: 'Requests',
          unit: 'reqps',
          queries: [{ expr: 'slo:requests:rate5m', legend: '{{slo}}' }],
        },
      ],
    },
    {
      title: 'Processes',
      panels: [
        {
          title: 'Processor',
          description: '1 is one core.',
          unit: 'short',
          queries: [
            {
              expr: `rate(process_cpu_seconds_total{${JOBS}}[$__rate_interval])`,
              legend: '{{job}} {{instance}}',
            },
          ],
        },
        {
          title: 'Memory',
          unit: 'bytes',
          queries: [{ expr: `process_resident_memory_bytes{${JOBS}}`, legend: '{{job}} {{instance}}' }],
        },
        {
          title: 'Event loop lag, p99',
          unit: 's',
          badFrom: 0.1,
          queries: [{ expr: `nodejs_eventloop_lag_p99_seconds{${JOBS}}`, legend: '{{job}} {{instance}}' }],
        },
        {
          title: 'Last start',
          kind: 'number',
          unit: 'dateTimeFromNow',
          queries: [{ expr: `process_start_time_seconds{${JOBS}} * 1000`, legend: '{{job}} {{instance}}' }],
        },
      ],
    },
  ],
};
