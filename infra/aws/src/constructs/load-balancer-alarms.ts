import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic';
import { MetricAlarm } from './metric-alarm';

export interface LoadBalancerAlarmsProps {
  readonly topic: AlarmTopic;
  /** `app/…` */
  readonly loadBalancerSuffix: string;
  /** Of the requests. */
  readonly serverErrorPercent: number;
}

/** Requests that no service ever saw: the load balancer found no task (503), or none that answered (502, 504). */
export class LoadBalancerAlarms extends Construct {
  constructor(scope: Construct, id: string, props: LoadBalancerAlarmsProps) {
    super(scope, id);
    const sum = (metricName: string) => ({
      namespace: 'AWS/ApplicationELB',
      metricName,
      dimensions: { LoadBalancer: props.loadBalancerSuffix },
      stat: 'Sum',
    });
    new MetricAlarm(this, 'errors', {
      topic: props.topic,
      name: 'load-balancer-5xx',
      description:
        `The load balancer answers more than ${props.serverErrorPercent} % of the requests with 502, 503 or 504 itself, ` +
        'for 3 minutes: no task takes them.',
      metric: {
        // RequestCount leaves out what no target was found for.
        expression: '100 * FILL(errors, 0) / (FILL(requests, 0) + FILL(errors, 0))',
        metrics: { errors: sum('HTTPCode_ELB_5XX_Count'), requests: sum('RequestCount') },
      },
      isBreachedWhen: 'above',
      threshold: props.serverErrorPercent,
      periodSeconds: 60,
      evaluationPeriods: 3,
    });
  }
}
