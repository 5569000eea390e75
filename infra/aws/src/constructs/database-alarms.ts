import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic';
import { MetricAlarm, type MetricAlarmProps } from './metric-alarm';

export interface DatabaseAlarmsProps {
  readonly topic: AlarmTopic;
  /** Identifier of the RDS instance. */
  readonly identifier: string;
  readonly cpuPercent: number;
  readonly freeStorageGib: number;
  readonly freeMemoryMib: number;
  /** Connections the instance class has for the services. */
  readonly connectionLimit: number;
  /** Share of them that is too many. */
  readonly connectionPercent: number;
}

type Limit = Pick<MetricAlarmProps, 'description' | 'isBreachedWhen' | 'threshold'>;

/** What makes a database slow or stops it: full disk, no connection left, no memory, no CPU. */
export class DatabaseAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseAlarmsProps,
  ) {
    super(scope, id);
    const { cpuPercent, freeStorageGib, freeMemoryMib, connectionLimit, connectionPercent } = props;
    this.alarm('cpu', 'CPUUtilization', 'Average', {
      description: `The database uses more than ${cpuPercent} % of its CPU, for 15 minutes. Performance Insights shows by what.`,
      isBreachedWhen: 'above',
      threshold: cpuPercent,
    });
    this.alarm('storage', 'FreeStorageSpace', 'Minimum', {
      description: `The database has less than ${freeStorageGib} GiB of disk left: it grows by itself only up to its maximum.`,
      isBreachedWhen: 'below',
      threshold: freeStorageGib * 2 ** 30,
    });
    this.alarm('memory', 'FreeableMemory', 'Average', {
      description: `The database has less than ${freeMemoryMib} MiB of memory left, for 15 minutes: it will start to swap.`,
      isBreachedWhen: 'below',
      threshold: freeMemoryMib * 2 ** 20,
    });
    this.alarm('connections', 'DatabaseConnections', 'Maximum', {
      description:
        `More than ${connectionPercent} % of the ${connectionLimit} connections are in use, for 15 minutes: ` +
        'a larger instance class, or fewer tasks.',
      isBreachedWhen: 'above',
      threshold: Math.floor((connectionLimit * connectionPercent) / 100),
    });
  }

  private alarm(id: string, metricName: string, stat: string, limit: Limit): void {
    new MetricAlarm(this, id, {
      topic: this.props.topic,
      name: `database-${id}`,
      metric: {
        namespace: 'AWS/RDS',
        metricName,
        dimensions: { DBInstanceIdentifier: this.props.identifier },
        stat,
      },
      periodSeconds: 300,
      evaluationPeriods: 3,
      ...limit,
    });
  }
}
