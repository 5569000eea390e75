import {
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import type { Installation } from '../deployment/use-installation';
import type { AlarmTable } from './alarm-tables';

export interface ExpectedAlarms {
  /** Every alarm by its name without the prefix. */
  readonly alarms: AlarmTable;
}

/** Who is told what, when. */
export function expectAlarms(installed: Installation, expected: ExpectedAlarms): void {
  /** Without those that autoscaling makes for itself. */
  const readAlarms = async (): Promise<MetricAlarm[]> => {
    const ofPrefix = new DescribeAlarmsCommand({
      AlarmNamePrefix: installed.prefix,
      AlarmTypes: ['MetricAlarm'],
    });
    return (await installed.account.cloudwatch.send(ofPrefix)).MetricAlarms ?? [];
  };

  it('H8: has these alarms with these numbers', async () => {
    const lines = (await readAlarms()).map((alarm) => [
      alarm.AlarmName?.replace(`${installed.prefix}-`, ''),
      describeAlarm(alarm),
    ]);
    expect(Object.fromEntries(lines)).toEqual(expected.alarms);
  });

  it('tells one topic, of the alarm and of its end', async () => {
    const { Topics = [] } = await installed.account.sns.send(new ListTopicsCommand({}));
    const topic = [`arn:aws:sns:eu-west-2:${installed.aws.accountId}:${installed.prefix}-alarms`];
    expect(Topics.map(({ TopicArn }) => TopicArn)).toEqual(topic);
    for (const { AlarmActions, OKActions } of await readAlarms()) {
      expect([AlarmActions, OKActions]).toEqual([topic, topic]);
    }
  });

  it('tells of failed deployments and of tasks that stop', async () => {
    const { events } = installed.account;
    const { Rules = [] } = await events.send(new ListRulesCommand({}));
    expect(Rules.length).toBeGreaterThan(0);
    for (const { Name, State } of Rules) {
      expect(State).toBe('ENABLED');
      const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
      expect(Targets.length).toBeGreaterThan(0);
    }
  });

  it('A7: has a dashboard', async () => {
    const { cloudwatch } = installed.account;
    const { DashboardEntries = [] } = await cloudwatch.send(new ListDashboardsCommand({}));
    expect(DashboardEntries.map(({ DashboardName }) => DashboardName)).toEqual([installed.prefix]);
    const { DashboardBody = '' } = await cloudwatch.send(
      new GetDashboardCommand({ DashboardName: installed.prefix }),
    );
    const { widgets } = JSON.parse(DashboardBody) as { widgets: unknown[] };
    expect(widgets.length).toBeGreaterThan(4);
  });
}

const COMPARISONS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: '>=',
  GreaterThanThreshold: '>',
  LessThanOrEqualToThreshold: '<=',
  LessThanThreshold: '<',
};

function describeAlarm(alarm: MetricAlarm): string {
  const { ComparisonOperator = '', Threshold, EvaluationPeriods, Metrics = [] } = alarm;
  const metric =
    Metrics.length === 0 ? alarm.MetricName : Metrics.find(({ ReturnData }) => ReturnData)?.Expression;
  const period = alarm.Period ?? Metrics.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period;
  const statistic = alarm.ExtendedStatistic ?? alarm.Statistic;
  return [
    statistic,
    metric,
    COMPARISONS[ComparisonOperator],
    `${Threshold},`,
    `${EvaluationPeriods} x ${period} s`,
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}
