import type { Environment } from '../environments';
import { SERVICES } from '../services';
import { mlflow } from '../services/mlflow';
import type { ServiceDefinition } from '../services/service-definition';
import { costLine, type CostLine } from './cost-line';
import { PRICES } from './prices';
import type { Usage } from './usage';

/**
 * Metrics Container Insights makes on Fargate, each billed like one of our own: ten of cluster, service and task family
 * alike (processor, memory, network, storage and ephemeral storage, two of each); two more of the cluster (services,
 * tasks) and five of each service (deployments, task sets; desired, pending and running tasks).
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
 */
const CLUSTER_METRICS = 10 + 2;
const SERVICE_METRICS = 10 + 5 + 10;

/**
 * Metrics the alarms watch: an alarm that computes something from two is billed for two.
 * https://aws.amazon.com/cloudwatch/pricing/
 */
const ALARM_METRICS = {
  loadBalancer: 2,
  database: 4,
  redisNode: 2,
  /** Missing tasks (two), processor, memory. */
  service: 4,
  /** Unhealthy, healthy, slow, share of errors (two). */
  target: 5,
  /** From the metric lines of the apps. */
  application: { api: 2, inference: 3, logging: 2 } as Readonly<Record<string, number>>,
} as const;

/** Autoscaling keeps two alarms for each of its two targets. */
const AUTOSCALING_ALARMS = 4;

const group = 'Logs, metrics, alarms';

/** CloudWatch. What it gives every account for nothing is not taken off: other environments may use it up. */
export function watchingCosts(environment: Environment, usage: Usage): CostLine[] {
  const scaled = SERVICES.filter(({ isAutoscaled }) => isAutoscaled !== false).length;
  return [
    ...(environment.tasks.hasContainerInsights ? [containerInsights()] : []),
    costLine({
      group,
      what: "the apps' metrics",
      quantity: usage.appMetrics,
      price: PRICES.metric,
      pays: [],
    }),
    costLine({
      group,
      what: 'metrics that alarms watch',
      quantity: alarmMetrics(environment),
      price: PRICES.alarm,
      pays: ['aws_cloudwatch_metric_alarm'],
    }),
    costLine({
      group,
      what: 'alarms of the autoscaling',
      quantity: scaled * AUTOSCALING_ALARMS,
      price: PRICES.alarm,
      pays: ['aws_appautoscaling_policy'],
    }),
    costLine({
      group,
      what: 'dashboard',
      quantity: 1,
      price: PRICES.dashboard,
      pays: ['aws_cloudwatch_dashboard'],
    }),
    ...logs(environment, usage),
  ];
}

function alarmMetrics(environment: Environment): number {
  const { loadBalancer, database, redisNode, service, target, application } = ALARM_METRICS;
  return SERVICES.reduce(
    (total, definition) =>
      total +
      service +
      (isBehindLoadBalancer(definition, environment) ? target : 0) +
      (application[definition.name] ?? 0),
    loadBalancer + database + redisNode * (environment.redis?.nodeCount ?? 0),
  );
}

function isBehindLoadBalancer({ name, publicRoutes }: ServiceDefinition, { edge }: Environment): boolean {
  return publicRoutes !== undefined || (name === mlflow.name && edge.mlflowUi !== undefined);
}

function containerInsights(): CostLine {
  return costLine({
    group,
    what: 'Container Insights',
    quantity: CLUSTER_METRICS + SERVICES.length * SERVICE_METRICS,
    price: PRICES.metric,
    pays: ['aws_ecs_cluster'],
  });
}

/** CloudWatch keeps logs packed, at about 15 % of what was written. */
function logs({ logRetentionDays }: Environment, { logGb }: Usage): CostLine[] {
  const pays = ['aws_cloudwatch_log_group', 'aws_flow_log'];
  return [
    costLine({ group, what: 'logs written', quantity: logGb, price: PRICES.logsIn, pays }),
    costLine({
      group,
      what: 'logs kept',
      quantity: (logGb * 0.15 * logRetentionDays) / 30,
      price: PRICES.logsKept,
      pays,
    }),
  ];
}
