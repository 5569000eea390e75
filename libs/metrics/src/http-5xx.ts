import type { CloudWatchMetric } from './cloudwatch-metric';

/** A 503 of these is their answer, not a failed request. */
const HEALTH_ROUTE = /^\/(health|ready|live|api\/health)(\/|$)/;

/** Requests answered with a 5xx. */
export const http5xx: CloudWatchMetric = {
  name: 'Http5xx',
  series: 'http_request_duration_seconds_count',
  where: ({ status, route }) => status === '5xx' && !HEALTH_ROUTE.test(String(route)),
  value: 'growth',
};
