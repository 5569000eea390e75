import { synthesizeServices, type Resource } from '../../test/synthesized-stack';
import { production as productionInput } from '../environments/production';

interface Query {
  readonly expression?: string;
  readonly metric?: { readonly metric_name: string; readonly stat: string; readonly period: number };
}

const production = synthesizeServices({ ...productionInput, alarms: { emails: ['ops@example.com'] } });
const OPERATORS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: '>=',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
};

/** One alarm as one line: `Average CPUUtilization > 85, 15 x 60 s`. */
function line(alarm: Resource): string {
  const query = (alarm['metric_query'] ?? []) as Query[];
  const metric = query.find((part) => part.metric !== undefined)?.metric;
  const parts: readonly unknown[] = [
    alarm['extended_statistic'] ?? alarm['statistic'],
    alarm['metric_name'] ?? query.find((part) => part.expression !== undefined)?.expression,
    OPERATORS[alarm['comparison_operator'] as string],
    `${alarm['threshold'] as string},`,
    `${alarm['evaluation_periods'] as number} x ${(alarm['period'] ?? metric?.period) as number} s`,
  ];
  return parts.filter((part) => typeof part === 'string').join(' ');
}

const alarms = Object.fromEntries(
  production
    .all('aws_cloudwatch_metric_alarm')
    .map((alarm) => [String(alarm['alarm_name']).replace('tidegate-production-', ''), alarm]),
);

describe('alarms', () => {
  it('of the api have the numbers of the guide (H8)', () => {
    const own = Object.entries(alarms).filter(([name]) => name.startsWith('api-'));
    expect(Object.fromEntries(own.map(([name, alarm]) => [name, line(alarm)]))).toEqual({
      'api-cpu': 'Average CPUUtilization > 85, 15 x 60 s',
      'api-memory': 'Average MemoryUtilization > 85, 5 x 60 s',
      'api-tasks-missing': 'desired - FILL(running, 0) > 0, 5 x 60 s',
      'api-unhealthy-hosts': 'Average UnHealthyHostCount >= 1, 2 x 300 s',
      'api-healthy-hosts': 'Minimum HealthyHostCount < ${var.api_desired_count}, 5 x 60 s',
      'api-response-time': 'p95 TargetResponseTime > 1, 3 x 300 s',
      'api-5xx': 'IF(requests > 0, 100 * FILL(errors, 0) / requests, 0) > 5, 3 x 60 s',
      'api-errors': 'Sum Http5xx > 10, 1 x 300 s',
      'api-dns-fallback': 'Maximum DnsFallbackActive >= 1, 3 x 60 s',
    });
  });

  it('tell of predictions that wait for the log, and of those it will never have', () => {
    expect(line(alarms['inference-events-waiting'] ?? {})).toBe('Maximum LogEventsWaiting > 100, 5 x 60 s');
    expect(line(alarms['inference-log-gap'] ?? {})).toBe('Sum LogEventsLost >= 1, 1 x 300 s');
  });

  it('tell of predictions whose partition could not be made', () => {
    expect(line(alarms['logging-rows-astray'] ?? {})).toBe('Maximum DefaultPartitionRows >= 1, 10 x 60 s');
  });

  it('of the database are in its own units, connections as a share of what its class has', () => {
    expect(line(alarms['database-cpu'] ?? {})).toBe('Average CPUUtilization > 80, 3 x 300 s');
    expect(line(alarms['database-storage'] ?? {})).toBe(
      `Minimum FreeStorageSpace < ${4 * 2 ** 30}, 3 x 300 s`,
    );
    expect(line(alarms['database-memory'] ?? {})).toBe(
      `Average FreeableMemory < ${100 * 2 ** 20}, 3 x 300 s`,
    );
    expect(line(alarms['database-connections'] ?? {})).toMatch(
      /^Maximum DatabaseConnections > \d{2,4}, 3 x 300 s$/,
    );
  });

  it('take no data for good, except for healthy hosts: without targets nothing is reported', () => {
    const breaching = Object.keys(alarms).filter(
      (name) => alarms[name]?.['treat_missing_data'] === 'breaching',
    );
    expect(breaching).toEqual(['mlflow-healthy-hosts', 'api-healthy-hosts'].sort());
  });

  it('all tell one topic when they start and when they end', () => {
    const actions = Object.values(alarms).flatMap((alarm) =>
      [alarm['alarm_actions'], alarm['ok_actions']].flat(),
    );
    expect(new Set(actions).size).toBe(1);
  });
});

describe('the topic', () => {
  it('is encrypted, mails the addresses of the environment, and takes messages of alarms and events only', () => {
    expect(production.one('aws_sns_topic')['kms_master_key_id']).toMatch(/key/);
    expect(production.one('aws_sns_topic_subscription')).toMatchObject({
      protocol: 'email',
      endpoint: 'ops@example.com',
    });
    const { Statement } = JSON.parse(String(production.one('aws_sns_topic_policy')['policy'])) as {
      Statement: { Effect: string; Principal: { Service?: string } }[];
    };
    const allowed = Statement.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.map(({ Principal }) => Principal.Service)).toEqual([
      'cloudwatch.amazonaws.com',
      'events.amazonaws.com',
    ]);
  });

  it('hears of tasks that fail, deployments that fail, tasks that cannot start, and the database', () => {
    const rules = production
      .all('aws_cloudwatch_event_rule')
      .map(({ event_pattern: pattern }) => JSON.parse(String(pattern)) as Resource);
    expect(rules.map((rule) => (rule['detail-type'] as string[])[0]).sort()).toEqual([
      'ECS Deployment State Change',
      'ECS Service Action',
      'ECS Task State Change',
      'RDS DB Instance Event',
    ]);
    expect(production.all('aws_cloudwatch_event_target')).toHaveLength(4);
  });
});
