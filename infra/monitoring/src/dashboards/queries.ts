import type { Query } from './dashboard';

/** Health probes and unknown paths: what no user waits for. The rules of the objectives leave out the same. */
export const PROBES = '/(health|ready|live|metrics|api/health)(/.*)?|unmatched';

/** p50 and p99 of a histogram, by one label. */
export function percentiles(histogram: string, label: string, selector = ''): Query[] {
  const rate = `sum by (le, ${label}) (rate(${histogram}_bucket${selector}[$__rate_interval]))`;
  return [0.5, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, ${rate})`,
    legend: `{{${label}}} p${quantile * 100}`,
  }));
}
