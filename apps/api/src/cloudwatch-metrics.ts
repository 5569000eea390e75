import { http5xx, type CloudWatchMetric } from '@tidegate/metrics';

const lookups: CloudWatchMetric = {
  name: 'DnsLookups',
  series: 'dns_lookups_total',
  where: ({ source }) => source === 'name-server',
  value: 'growth',
};

function answers(name: string, state: 'fresh' | 'stale' | 'fallback'): CloudWatchMetric {
  return {
    name,
    series: 'dns_cache_hits_total',
    where: (labels) => labels.state === state,
    value: 'growth',
  };
}

/** How forwarded requests fare. */
const gateway: readonly CloudWatchMetric[] = [
  {
    name: 'GatewayFailures',
    series: 'gateway_upstream_requests_total',
    where: ({ outcome }) => outcome !== 'answered' && outcome !== 'cancelled',
    value: 'growth',
  },
  {
    name: 'GatewayRetries',
    series: 'gateway_upstream_retries_total',
    value: 'growth',
    isOnlyInLog: true,
  },
  { name: 'GatewayBreakerOpen', series: 'gateway_breaker_open', value: 'highest' },
  { name: 'GatewayRateLimited', series: 'gateway_rate_limited_total', value: 'growth' },
];

/** What the api's metric lines tell CloudWatch; alarms and dashboards use these names. */
export function apiCloudWatchMetrics(mlflowHostname: string): readonly CloudWatchMetric[] {
  const ofMlflow: CloudWatchMetric['where'] = ({ name }) => name === mlflowHostname;
  return [
    lookups,
    {
      ...lookups,
      name: 'DnsFailures',
      where: ({ source, result }) => source === 'name-server' && result !== 'found',
    },
    {
      name: 'DnsLookupSeconds',
      series: 'dns_lookup_duration_seconds_sum',
      where: ({ source }) => source === 'name-server',
      value: 'growth',
      unit: 'Seconds',
      isOnlyInLog: true,
    },
    { ...answers('DnsFreshAnswers', 'fresh'), isOnlyInLog: true },
    answers('DnsStaleAnswers', 'stale'),
    { ...answers('DnsFallbackAnswers', 'fallback'), isOnlyInLog: true },
    { name: 'DnsFallbackActive', series: 'dns_fallback_active', value: 'highest' },
    { name: 'DnsFallbackMatches', series: 'dns_fallback_matches', value: 'lowest', isOnlyInLog: true },
    { name: 'DnsOverrideActive', series: 'dns_override_active', value: 'highest', isOnlyInLog: true },
    {
      name: 'DnsAddressChanges',
      series: 'dns_address_changes_total',
      value: 'growth',
      isOnlyInLog: true,
    },
    // Of MLflow alone: the names of the other services are only asked for when there are requests for them.
    {
      name: 'DnsAddresses',
      series: 'dns_addresses',
      where: ofMlflow,
      value: 'lowest',
      isOnlyInLog: true,
    },
    { name: 'DnsAnswerAge', series: 'dns_last_success_timestamp_seconds', where: ofMlflow, value: 'age' },
    ...gateway,
    http5xx,
  ];
}
