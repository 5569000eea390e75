import type { Dashboard } from './dashboard';
import { percentiles, PROBES } from './queries';

const REQUESTS = `job="api", route!~"${PROBES}"`;

export const gatewayDashboard: Dashboard = {
  uid: 'tidegate-gateway',
  title: 'Tidegate: gateway',
  description: 'The api: what is asked of it, what the services behind it answer, keys and limits.',
  rows: [
    {
      title: 'Requests',
      panels: [
        {
          title: 'Requests by status',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (status) (rate(http_request_duration_seconds_count{${REQUESTS}}[$__rate_interval]))`,
              legend: '{{status}}',
            },
          ],
        },
        {
          title: 'Share of 5xx by route',
          unit: 'percentunit',
          badFrom: 0.05,
          queries: [
            {
              expr:
                `sum by (route) (rate(http_request_duration_seconds_count{${REQUESTS}, status="5xx"}[$__rate_interval]))` +
                ` / sum by (route) (rate(http_request_duration_seconds_count{${REQUESTS}}[$__rate_interval]))`,
              legend: '{{route}}',
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
    {
      title: 'Services behind it',
      panels: [
        {
          title: 'Forwarded requests that got no answer',
          description: 'By the code of the problem the caller got: docs/errors.md.',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (upstream, outcome) (rate(gateway_upstream_requests_total{outcome!="answered"}[$__rate_interval]))',
              legend: '{{upstream}} {{outcome}}',
            },
          ],
        },
        {
          title: 'Sent again',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (upstream) (rate(gateway_upstream_retries_total[$__rate_interval]))',
              legend: '{{upstream}}',
            },
          ],
        },
        {
          title: 'Out of reach',
          kind: 'number',
          unit: 'bool_yes_no',
          badFrom: 1,
          queries: [{ expr: 'max by (upstream) (gateway_breaker_open)', legend: '{{upstream}}' }],
        },
      ],
    },
    {
      title: 'Keys and limits',
      panels: [
        {
          title: 'Keys checked, by result',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (result) (rate(api_authentications_total[$__rate_interval]))',
              legend: '{{result}}',
            },
            {
              expr: 'sum(rate(api_keys_served_without_database_total[$__rate_interval]))',
              legend: 'remembered, without database',
            },
          ],
        },
        {
          title: 'Refused for too many requests',
          unit: 'reqps',
          queries: [
            {
              expr: 'sum by (class) (rate(gateway_rate_limited_total[$__rate_interval]))',
              legend: 'class {{class}}',
            },
            {
              expr: 'sum(rate(gateway_auth_failures_limited_total[$__rate_interval]))',
              legend: 'without a valid key',
            },
          ],
        },
        {
          title: 'Limits counted without Redis',
          kind: 'number',
          unit: 'bool_yes_no',
          badFrom: 1,
          queries: [{ expr: 'rate_limiter_fallback_active', legend: '{{instance}}' }],
        },
      ],
    },
  ],
};
