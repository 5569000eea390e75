import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic';
import { MetricAlarm, type MetricAlarmProps } from './metric-alarm';

export interface ApplicationAlarmsProps {
  readonly topic: AlarmTopic;
  /** Value of the dimension `Service`. */
  readonly serviceName: string;
  /** CloudWatch namespace the service's metric lines go to. */
  readonly namespace: string;
  /** Answers with a 5xx in 5 minutes that are too many. */
  readonly serverErrorCount: number;
}

interface ApplicationAlarm {
  readonly id: string;
  readonly metricName: string;
  readonly stat: string;
  readonly description: string;
  readonly isBreachedWhen: MetricAlarmProps['isBreachedWhen'];
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
}

/** From the metric lines that only these services write. */
const OF_ONE_SERVICE: Readonly<Record<string, readonly ApplicationAlarm[]>> = {
  api: [
    {
      id: 'dns-fallback',
      metricName: 'DnsFallbackActive',
      stat: 'Maximum',
      description:
        'The api reaches MLflow by MLFLOW_FALLBACK_IP, since neither the name server nor its last answer can be used: ' +
        'look at Cloud Map and at the Route 53 resolver of the VPC.',
      isBreachedWhen: 'at-least',
      threshold: 1,
      periodSeconds: 60,
      evaluationPeriods: 3,
    },
  ],
  inference: [
    {
      id: 'events-waiting',
      metricName: 'LogEventsWaiting',
      stat: 'Maximum',
      description:
        'Predictions wait for the prediction log, for 5 minutes: logging or its database does not keep up or does not answer.',
      isBreachedWhen: 'above',
      threshold: 100,
      periodSeconds: 60,
      evaluationPeriods: 5,
    },
    {
      id: 'log-gap',
      metricName: 'LogEventsLost',
      stat: 'Sum',
      description:
        'Predictions were made that are not in the prediction log: the log of inference says which and why.',
      isBreachedWhen: 'at-least',
      threshold: 1,
      periodSeconds: 300,
      evaluationPeriods: 1,
    },
  ],
  logging: [
    {
      id: 'rows-astray',
      metricName: 'DefaultPartitionRows',
      stat: 'Maximum',
      description:
        'Predictions lie in predictions_default, for 10 minutes: the partition of their day cannot be made. The log of logging says why; a statement that holds a lock for long, perhaps.',
      isBreachedWhen: 'at-least',
      threshold: 1,
      periodSeconds: 60,
      evaluationPeriods: 10,
    },
  ],
};

/** What a service says about itself in metric lines (embedded metric format): errors, and what only it knows. */
export class ApplicationAlarms extends Construct {
  readonly serverErrors: MetricAlarm;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ApplicationAlarmsProps,
  ) {
    super(scope, id);
    const { serviceName, serverErrorCount } = props;
    this.serverErrors = this.alarm({
      id: 'errors',
      metricName: 'Http5xx',
      stat: 'Sum',
      description: `${serviceName} answered more than ${serverErrorCount} requests with 5xx in 5 minutes. Its log has a line for each.`,
      isBreachedWhen: 'above',
      threshold: serverErrorCount,
      periodSeconds: 300,
      evaluationPeriods: 1,
    });
    for (const alarm of OF_ONE_SERVICE[serviceName] ?? []) this.alarm(alarm);
  }

  private alarm({ id, metricName, stat, ...alarm }: ApplicationAlarm): MetricAlarm {
    const { topic, serviceName, namespace } = this.props;
    return new MetricAlarm(this, id, {
      topic,
      name: `${serviceName}-${id}`,
      metric: { namespace, metricName, dimensions: { Service: serviceName }, stat },
      ...alarm,
    });
  }
}
