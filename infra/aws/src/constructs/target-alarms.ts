import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic';
import { MetricAlarm, type Metric } from './metric-alarm';

export interface TargetAlarmsProps {
  readonly topic: AlarmTopic;
  readonly serviceName: string;
  /** `app/…` */
  readonly loadBalancerSuffix: string;
  /** `targetgroup/…` */
  readonly targetGroupSuffix: string;
  /** Fewer healthy tasks than this are too few. */
  readonly minHealthyHosts: number;
  readonly unhealthyHosts: {
    readonly threshold: number;
    readonly periodSeconds: number;
    readonly evaluationPeriods: number;
  };
  readonly responseTimeSeconds: number;
  /** Of the answers. */
  readonly serverErrorPercent: number;
}

/** What the load balancer sees of a service: ill tasks, slow answers, errors. */
export class TargetAlarms extends Construct {
  readonly serverErrors: MetricAlarm;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TargetAlarmsProps,
  ) {
    super(scope, id);
    this.unhealthyHosts();
    this.tooFewHealthyHosts();
    this.slowAnswers();
    this.serverErrors = this.failingAnswers();
  }

  private unhealthyHosts(): void {
    const { topic, serviceName, unhealthyHosts } = this.props;
    new MetricAlarm(this, 'unhealthy', {
      topic,
      name: `${serviceName}-unhealthy-hosts`,
      description: `Tasks of ${serviceName} fail the health check of the load balancer. Their logs and /health?detailed=true say why.`,
      metric: this.metric('UnHealthyHostCount', 'Average'),
      isBreachedWhen: 'at-least',
      ...unhealthyHosts,
    });
  }

  private tooFewHealthyHosts(): void {
    const { topic, serviceName, minHealthyHosts } = this.props;
    new MetricAlarm(this, 'healthy', {
      topic,
      name: `${serviceName}-healthy-hosts`,
      description: `Fewer healthy tasks of ${serviceName} than its minimum, for 5 minutes.`,
      metric: this.metric('HealthyHostCount', 'Minimum'),
      isBreachedWhen: 'below',
      threshold: minHealthyHosts,
      periodSeconds: 60,
      evaluationPeriods: 5,
      // Without a registered task the load balancer reports nothing at all.
      missingData: 'breaching',
    });
  }

  private slowAnswers(): void {
    const { topic, serviceName, responseTimeSeconds } = this.props;
    new MetricAlarm(this, 'slow', {
      topic,
      name: `${serviceName}-response-time`,
      description: `One of 20 requests to ${serviceName} takes longer than ${responseTimeSeconds} s, for 15 minutes.`,
      metric: this.metric('TargetResponseTime', 'p95'),
      isBreachedWhen: 'above',
      threshold: responseTimeSeconds,
      periodSeconds: 300,
      evaluationPeriods: 3,
    });
  }

  private failingAnswers(): MetricAlarm {
    const { topic, serviceName, serverErrorPercent } = this.props;
    return new MetricAlarm(this, 'errors', {
      topic,
      name: `${serviceName}-5xx`,
      description: `More than ${serverErrorPercent} % of the answers of ${serviceName} are 5xx, for 3 minutes.`,
      metric: {
        expression: 'IF(requests > 0, 100 * FILL(errors, 0) / requests, 0)',
        metrics: {
          errors: this.metric('HTTPCode_Target_5XX_Count', 'Sum'),
          requests: this.metric('RequestCount', 'Sum'),
        },
      },
      isBreachedWhen: 'above',
      threshold: serverErrorPercent,
      periodSeconds: 60,
      evaluationPeriods: 3,
    });
  }

  private metric(metricName: string, stat: string): Metric {
    const { loadBalancerSuffix, targetGroupSuffix } = this.props;
    return {
      namespace: 'AWS/ApplicationELB',
      metricName,
      dimensions: { LoadBalancer: loadBalancerSuffix, TargetGroup: targetGroupSuffix },
      stat,
    };
  }
}
