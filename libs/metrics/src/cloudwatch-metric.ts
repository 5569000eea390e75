import type { MetricValueWithName, Registry } from 'prom-client';

export type Labels = MetricValueWithName<string>['labels'];

/** One metric in CloudWatch, made from the series of one metric that `/metrics` shows. */
export interface CloudWatchMetric {
  /** In CloudWatch, such as `DnsLookups`. */
  readonly name: string;
  /** Name of the series in `/metrics`, such as `dns_lookups_total` or `http_request_duration_seconds_count`. */
  readonly series: string;
  /** Which of the series count. @default all */
  readonly where?: (labels: Labels) => boolean;
  /**
   * How several series become one number:
   * `growth`: what they grew by since the line before, together (for counters; 0 while there is no series);
   * `highest`: the highest of them now (0 while there is none);
   * `lowest`: the lowest of them now (left out while there is none);
   * `age`: seconds since the earliest of them, Unix times in seconds (left out while there is none).
   */
  readonly value: 'growth' | 'highest' | 'lowest' | 'age';
  /** @default Seconds for `age`, Count for the others */
  readonly unit?: 'Count' | 'Seconds';
  /**
   * Stands in the line, where a query of the log finds it, without becoming a metric: each of those is billed.
   * @default false
   */
  readonly isOnlyInLog?: boolean;
}

/** Numbers of every series that counts for each metric, read at one moment. */
export async function readSeries(
  registry: Registry,
  metrics: readonly CloudWatchMetric[],
): Promise<ReadonlyMap<CloudWatchMetric, readonly number[]>> {
  const known = await registry.getMetricsAsJSON();
  const all = known.flatMap(({ name, values }) =>
    (values as MetricValueWithName<string>[]).map((value) => ({
      series: value.metricName ?? name,
      ...value,
    })),
  );
  return new Map(
    metrics.map((metric) => [
      metric,
      all
        .filter(({ series, labels }) => series === metric.series && (metric.where?.(labels) ?? true))
        .map(({ value }) => value),
    ]),
  );
}
