import type { Graph, Series, Station } from '../constructs/dashboard';

export interface ObservedService {
  readonly name: string;
  /** Of its metric lines; undefined for a program that writes none. */
  readonly metricsNamespace: string | undefined;
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

/** Graphs of the metric lines that only these services write. */
const OWN_GRAPHS: Readonly<
  Record<
    string,
    readonly { readonly title: string; readonly metrics: readonly string[]; readonly stat?: string }[]
  >
> = {
  api: [
    { title: 'Look-ups of MLflow', metrics: ['DnsLookups', 'DnsFailures', 'DnsStaleAnswers'] },
    { title: 'Emergency address in use', metrics: ['DnsFallbackActive'], stat: 'Maximum' },
  ],
  inference: [
    { title: 'Predictions', metrics: ['Predictions', 'PredictionErrors'] },
    {
      title: 'Models loaded, MLflow reachable',
      metrics: ['ModelsLoaded', 'MlflowAccessible'],
      stat: 'Minimum',
    },
    {
      title: 'Predictions not in the log yet',
      metrics: ['LogEventsWaiting', 'LogEventsLost'],
      stat: 'Maximum',
    },
  ],
  logging: [{ title: 'Events', metrics: ['EventsStored', 'Defects', 'EventErrors'] }],
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

function serviceStation({ name, metricsNamespace }: ObservedService, clusterName: string): Station {
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
    graphs.push(
      ...own.map(({ metrics, ...graph }) => ({
        ...graph,
        series: metrics.map((metric) => [metricsNamespace, metric, 'Service', name]),
      })),
    );
  }
  return { headline: `## → ${name}`, graphs };
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
