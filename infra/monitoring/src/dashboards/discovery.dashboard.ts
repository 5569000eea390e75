import type { Dashboard } from './dashboard';
import { percentiles } from './queries';

export const discoveryDashboard: Dashboard = {
  uid: 'tidegate-discovery',
  title: 'Tidegate: discovery',
  description: 'How the api finds the services by name: look-ups, cache, fall-back address.',
  rows: [
    {
      title: 'Look-ups',
      panels: [
        {
          title: 'Look-ups by source',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (name, source) (rate(dns_lookups_total[$__rate_interval]))',
              legend: '{{name}} {{source}}',
            },
          ],
        },
        {
          title: 'Failed look-ups by code',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (name, source, result) (rate(dns_lookups_total{result!="found"}[$__rate_interval]))',
              legend: '{{name}} {{source}} {{result}}',
            },
          ],
        },
        {
          title: 'Duration',
          unit: 's',
          queries: percentiles('dns_lookup_duration_seconds', 'name'),
        },
      ],
    },
    {
      title: 'Answers',
      panels: [
        {
          title: 'Answers from the cache, by state',
          description: 'stale and fallback: the name server does not answer.',
          unit: 'ops',
          queries: [
            {
              expr: 'sum by (name, state) (rate(dns_cache_hits_total[$__rate_interval]))',
              legend: '{{name}} {{state}}',
            },
          ],
        },
        {
          title: 'Age of the last good answer',
          description: 'Grows without trouble when nothing is asked of the service.',
          unit: 's',
          queries: [
            { expr: 'time() - min by (name) (dns_last_success_timestamp_seconds)', legend: '{{name}}' },
          ],
        },
        {
          title: 'Addresses',
          unit: 'short',
          queries: [
            { expr: 'max by (name) (dns_addresses)', legend: '{{name}}' },
            {
              expr: 'sum by (name) (increase(dns_address_changes_total[$__rate_interval]))',
              legend: '{{name}} changes',
            },
          ],
        },
      ],
    },
    {
      title: 'Fall-back address',
      panels: [
        {
          title: 'In use',
          kind: 'number',
          unit: 'bool_yes_no',
          badFrom: 1,
          queries: [{ expr: 'max by (name) (dns_fallback_active)', legend: '{{name}}' }],
        },
        {
          title: 'Up to date',
          description: 'Empty when MLFLOW_FALLBACK_IP is not set.',
          kind: 'number',
          unit: 'bool_yes_no',
          badBelow: 1,
          queries: [{ expr: 'min by (name) (dns_fallback_matches)', legend: '{{name}}' }],
        },
        {
          title: 'Address set by hand',
          description: 'MLFLOW_TRACKING_URI or MLFLOW_SERVER_URL decides, not discovery.',
          kind: 'number',
          unit: 'bool_yes_no',
          queries: [{ expr: 'max by (name) (dns_override_active)', legend: '{{name}}' }],
        },
      ],
    },
  ],
};
