import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic';

/** A series of numbers in CloudWatch. */
export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Average`, `Maximum`, `Minimum` or a percentile such as `p95`. */
  readonly stat: string;
}

/** A number computed from series, which the expression names by their keys. */
export interface MetricMath {
  readonly expression: string;
  readonly metrics: Readonly<Record<string, Metric>>;
}

export interface MetricAlarmProps {
  /** Its e-mails go here, and its name starts with the topic's prefix. */
  readonly topic: AlarmTopic;
  /** The rest of its name: `api-cpu` */
  readonly name: string;
  /** What it means and where to look, for the person who is woken by it. */
  readonly description: string;
  readonly metric: Metric | MetricMath;
  readonly isBreachedWhen: 'at-least' | 'above' | 'below';
  readonly threshold: number;
  readonly periodSeconds: number;
  /** All of so many periods in a row. */
  readonly evaluationPeriods: number;
  /** What no data means. @default notBreaching: nothing happens, so nothing is wrong */
  readonly missingData?: 'notBreaching' | 'breaching';
}

const OPERATORS = {
  'at-least': 'GreaterThanOrEqualToThreshold',
  above: 'GreaterThanThreshold',
  below: 'LessThanThreshold',
} as const;

/** A CloudWatch alarm that tells the topic when it starts and when it ends. */
export class MetricAlarm extends Construct {
  readonly alarmName: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: MetricAlarmProps) {
    super(scope, id);
    const { topic, metric, periodSeconds } = props;
    const alarm = new CloudwatchMetricAlarm(this, 'alarm', {
      alarmName: `${topic.prefix}-${props.name}`,
      alarmDescription: props.description,
      comparisonOperator: OPERATORS[props.isBreachedWhen],
      threshold: props.threshold,
      evaluationPeriods: props.evaluationPeriods,
      treatMissingData: props.missingData ?? 'notBreaching',
      alarmActions: [topic.arn],
      okActions: [topic.arn],
      ...('expression' in metric ? mathFields(metric, periodSeconds) : seriesFields(metric, periodSeconds)),
    });
    this.alarmName = alarm.alarmName;
    this.arn = alarm.arn;
  }
}

function seriesFields({ namespace, metricName, dimensions, stat }: Metric, period: number): object {
  const isPercentile = stat.startsWith('p');
  return {
    namespace,
    metricName,
    dimensions,
    period,
    ...(isPercentile
      ? { extendedStatistic: stat, evaluateLowSampleCountPercentiles: 'ignore' }
      : { statistic: stat }),
  };
}

function mathFields({ expression, metrics }: MetricMath, period: number): object {
  return {
    metricQuery: [
      ...Object.entries(metrics).map(([id, metric]) => ({
        id,
        metric: { ...metric, period },
        returnData: false,
      })),
      { id: 'result', expression, label: 'result', returnData: true },
    ],
  };
}
