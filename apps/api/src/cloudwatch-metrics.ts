import { http5xx, type CloudWatchMetric } from '@tidegate/metrics';

const lookups: CloudWatchMetric = {
  name: 'DnsLookups',
  series: 'dns_lookups_total',
  where: ({ source }) => source === 'name-server',
  value: 'growth',
};

/** What the api's metric lines tell CloudWatch; alarms and dashboards use these names. */
export function apiCloudWatchMetrics(mlflowHostname: string): readonly CloudWatchMetric[] {
  return [
    lookups,
    {
      ...lookups,
      name: 'DnsFailures',
      where: ({ source, result }) => source === 'name-server' && result !== 'found',
    },
    {
      name: 'DnsStaleAnswers',
      series: 'dns_cache_hits_total',
      where: ({ state }) => state === 'stale',
      value: 'growth',
    },
    { name: 'DnsFallbackActive', series: 'dns_fallback_active', value: 'highest' },
    {
      // Of MLflow alone: the names of the other services are only asked for when there are requests for them.
      name: 'DnsAnswerAge',
      series: 'dns_last_success_timestamp_seconds',
      where: ({ name }) => name === mlflowHostname,
      value: 'age',
    },
    http5xx,
  ];
}
