import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic';
import { MetricAlarm } from './metric-alarm';

export interface ServiceAlarmsProps {
  readonly topic: AlarmTopic;
  readonly clusterName: string;
  readonly serviceName: string;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
}

/** What can be wrong with the tasks of any service: too few, too busy, out of memory. */
export class ServiceAlarms extends Construct {
  readonly memory: MetricAlarm;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServiceAlarmsProps,
  ) {
    super(scope, id);
    this.tooFewTasks();
    this.load('cpu', 'CPUUtilization', props.cpuPercent, 15);
    this.memory = this.load('memory', 'MemoryUtilization', props.memoryPercent, 5);
  }

  private tooFewTasks(): void {
    const { serviceName } = this.props;
    const count = (metricName: string) => ({
      namespace: 'ECS/ContainerInsights',
      metricName,
      dimensions: this.dimensions,
      stat: 'Average',
    });
    new MetricAlarm(this, 'tasks', {
      topic: this.props.topic,
      name: `${serviceName}-tasks-missing`,
      description:
        `Fewer tasks of ${serviceName} run than wanted, for 5 minutes: they stop or cannot start. ` +
        'The events of the service and the stop reasons of its tasks say why.',
      metric: {
        expression: 'desired - FILL(running, 0)',
        metrics: { desired: count('DesiredTaskCount'), running: count('RunningTaskCount') },
      },
      isBreachedWhen: 'above',
      threshold: 0,
      periodSeconds: 60,
      evaluationPeriods: 5,
    });
  }

  private load(id: string, metricName: string, percent: number, minutes: number): MetricAlarm {
    const { topic, serviceName } = this.props;
    return new MetricAlarm(this, id, {
      topic,
      name: `${serviceName}-${id}`,
      description: `The tasks of ${serviceName} use more than ${percent} % of their ${id} on average, for ${minutes} minutes.`,
      metric: { namespace: 'AWS/ECS', metricName, dimensions: this.dimensions, stat: 'Average' },
      isBreachedWhen: 'above',
      threshold: percent,
      periodSeconds: 60,
      evaluationPeriods: minutes,
    });
  }

  private get dimensions(): Record<string, string> {
    return { ClusterName: this.props.clusterName, ServiceName: this.props.serviceName };
  }
}
