import type { Graph, LogGraph, Series, Station } from '../constructs/dashboard';

export interface ObservedService {
  readonly name: string;
  /** Of its metric lines; undefined for a program that writes none. */
  readonly metricsNamespace: string | undefined;
  readonly logGroupName: string;
}

export interface StationsProps {
  /** `app/…` */
  readonly loadBalancerSuffix: string;
  /** Undefined where there is no firewall. */
  readonly firewallName: string | undefined;
  readonly region: string;
  readonly clusterName: string;
  /** As a request meets them. */
  readonly services: readonly ObservedService[];
  readonly databaseIdentifier: string;
  /** Undefined where there is no Redis. */
  readonly redisId: string | undefined;
}

/** Of numbers that are metrics, or of some that stand in the metric lines alone. */
type OwnGraph = { readonly title: string } & (
  | { readonly metrics: readonly string[]; readonly stat?: string }
  | { readonly inLog: readonly string[]; readonly aggregate: LogGraph['aggregate'] }
);

/** Graphs of the metric lines that only these services write. */
const OWN_GRAPHS: Readonly<Record<string, readonly OwnGraph[]>> = {
  api: [
    { title: 'Forwarded requests: failed, limited', metrics: ['GatewayFailures', 'GatewayRateLimited'] },
    { title: 'Look-ups of MLflow', metrics: ['DnsLookups', 'DnsFailures', 'DnsStaleAnswers'] },
    { title: "Age of the name server's last good answer, s", metrics: ['DnsAnswerAge'], stat: 'Maximum' },
    {
      title: 'In use: open breaker, emergency address',
      metrics: ['GatewayBreakerOpen', 'DnsFallbackActive'],
      stat: 'Maximum',
    },
    { title: 'Emergency address still right', inLog: ['DnsFallbackMatches'], aggregate: 'min' },
  ],
  inference: [
    {
      title: 'Predictions, failed ones, requests refused for load',
      metrics: ['Predictions', 'PredictionErrors', 'RequestsOverloaded'],
    },
    { title: 'Runs of the models, instances in them', inLog: ['Batches', 'BatchRows'], aggregate: 'sum' },
    {
      title: 'Models loaded, MLflow reachable',
      metrics: ['ModelsLoaded', 'MlflowAccessible'],
      stat: 'Minimum',
    },
    { title: 'Predictions not in the log yet', metrics: ['LogEventsWaiting'], stat: 'Maximum' },
    { title: 'Predictions the log will never have', metrics: ['LogEventsLost'] },
  ],
  logging: [
    { title: 'Events', metrics: ['EventsStored', 'Defects', 'EventErrors'] },
    { title: 'Spool can be used', metrics: ['SpoolReady'], stat: 'Minimum' },
    { title: 'Events in the spool', inLog: ['SpoolRecords'], aggregate: 'max' },
    { title: 'Events set aside', metrics: ['SpoolSetAside'] },
    { title: 'Rows without a partition', metrics: ['DefaultPartitionRows'], stat: 'Maximum' },
  ],
};

/** What the dashboard shows, from the internet to the database. */
export function stationsOf(props: StationsProps): Station[] {
  return [
    edgeStation(props),
    ...props.services.map((service) => serviceStation(service, props.clusterName)),
    databaseStation(props.databaseIdentifier),
    ...(props.redisId === undefined ? [] : [redisStation(props.redisId)]),
  ];
}

function edgeStation({ loadBalancerSuffix, firewallName, region }: StationsProps): Station {
  const series = (metric: string): Series => [
    'AWS/ApplicationELB',
    metric,
    'LoadBalancer',
    loadBalancerSuffix,
  ];
  const graphs: Graph[] = [
    { title: 'Requests', series: [series('RequestCount')] },
    {
      title: 'Errors',
      series: ['HTTPCode_ELB_5XX_Count', 'HTTPCode_Target_5XX_Count', 'HTTPCode_Target_4XX_Count'].map(
        series,
      ),
    },
    { title: 'Seconds to answer, 95 %', series: [series('TargetResponseTime')], stat: 'p95' },
  ];
  if (firewallName !== undefined) {
    graphs.push({
      title: 'Refused by the firewall',
      series: [['AWS/WAFV2', 'BlockedRequests', 'WebACL', firewallName, 'Region', region, 'Rule', 'ALL']],
    });
  }
  return { headline: '## Internet → load balancer', graphs };
}

function serviceStation(
  { name, metricsNamespace, logGroupName }: ObservedService,
  clusterName: string,
): Station {
  const dimensions = ['ClusterName', clusterName, 'ServiceName', name];
  const graphs: Graph[] = [
    {
      title: 'Tasks wanted and running',
      series: ['DesiredTaskCount', 'RunningTaskCount'].map((metric) => [
        'ECS/ContainerInsights',
        metric,
        ...dimensions,
      ]),
      stat: 'Average',
    },
    {
      title: 'CPU and memory, %',
      series: ['CPUUtilization', 'MemoryUtilization'].map((metric) => ['AWS/ECS', metric, ...dimensions]),
      stat: 'Average',
    },
  ];
  if (metricsNamespace !== undefined) {
    const own = [{ title: 'Answers with 5xx', metrics: ['Http5xx'] }, ...(OWN_GRAPHS[name] ?? [])];
    graphs.push(...own.map((graph) => ownGraph(graph, name, metricsNamespace, logGroupName)));
  }
  return { headline: `## → ${name}`, graphs };
}

function ownGraph(graph: OwnGraph, service: string, namespace: string, logGroupName: string): Graph {
  const { title } = graph;
  if ('inLog' in graph) return { title, logGroupName, fields: graph.inLog, aggregate: graph.aggregate };
  const { metrics, stat } = graph;
  return { title, stat, series: metrics.map((metric) => [namespace, metric, 'Service', service]) };
}

function databaseStation(identifier: string): Station {
  const series = (metric: string): Series => ['AWS/RDS', metric, 'DBInstanceIdentifier', identifier];
  return {
    headline: '## → database',
    graphs: [
      { title: 'CPU, %', series: [series('CPUUtilization')], stat: 'Average' },
      { title: 'Connections', series: [series('DatabaseConnections')], stat: 'Maximum' },
      {
        title: 'Free memory and disk, bytes',
        series: ['FreeableMemory', 'FreeStorageSpace'].map(series),
        stat: 'Minimum',
      },
      {
        title: 'Seconds to read and write',
        series: ['ReadLatency', 'WriteLatency'].map(series),
        stat: 'Average',
      },
    ],
  };
}

function redisStation(replicationGroupId: string): Station {
  const series = (metric: string): Series => [
    'AWS/ElastiCache',
    metric,
    'CacheClusterId',
    `${replicationGroupId}-001`,
  ];
  return {
    headline: '## → Redis',
    graphs: [
      {
        title: 'CPU and memory, %',
        series: ['EngineCPUUtilization', 'DatabaseMemoryUsagePercentage'].map(series),
        stat: 'Average',
      },
      { title: 'Connections', series: [series('CurrConnections')], stat: 'Maximum' },
    ],
  };
}
