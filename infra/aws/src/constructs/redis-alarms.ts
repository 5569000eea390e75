import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic';
import { MetricAlarm } from './metric-alarm';

export interface RedisAlarmsProps {
  readonly topic: AlarmTopic;
  readonly replicationGroupId: string;
  readonly nodeCount: number;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
}

/** Redis only helps (shared rate limits), so this is no reason to get up, but one to look in the morning. */
export class RedisAlarms extends Construct {
  constructor(scope: Construct, id: string, props: RedisAlarmsProps) {
    super(scope, id);
    const limits = [
      { what: 'cpu', metricName: 'EngineCPUUtilization', percent: props.cpuPercent },
      { what: 'memory', metricName: 'DatabaseMemoryUsagePercentage', percent: props.memoryPercent },
    ];
    for (const node of nodesOf(props)) {
      for (const { what, metricName, percent } of limits) {
        new MetricAlarm(this, `${what}-${node}`, {
          topic: props.topic,
          name: `redis-${what}-${node}`,
          description: `Redis node ${node} uses more than ${percent} % of its ${what}, for 15 minutes.`,
          metric: {
            namespace: 'AWS/ElastiCache',
            metricName,
            dimensions: { CacheClusterId: `${props.replicationGroupId}-${node}` },
            stat: 'Average',
          },
          isBreachedWhen: 'above',
          threshold: percent,
          periodSeconds: 300,
          evaluationPeriods: 3,
        });
      }
    }
  }
}

/** ElastiCache numbers them `001`, `002`, … */
function nodesOf({ nodeCount }: RedisAlarmsProps): string[] {
  return Array.from({ length: nodeCount }, (_, index) => String(index + 1).padStart(3, '0'));
}
