import { createPaint } from '../terminal/paint';
import type { Difference } from '../terraform/plan-differences';
import { losesData, lossesOf } from './kept-data';
import { plannedChangeLines } from './planned-changes';

const one = (
  action: Difference['action'],
  type: string,
  name: string,
  ...attributes: string[]
): Difference => ({
  ...{ address: `${type}.${name}`, type, action, attributes },
});

describe('a plan for a person', () => {
  it('has what ends first, then what changes, then what is new by type; and what is lost', () => {
    const differences = [
      one('create', 'aws_subnet', 'a_0A1B2C3D'),
      one('create', 'aws_subnet', 'b_0A1B2C3D'),
      one('create', 'aws_vpc', 'vpc_0A1B2C3D'),
      one('update', 'aws_ecs_service', 'api_0A1B2C3D', 'desired_count: 1 -> 2'),
      one('replace', 'aws_db_instance', 'database_instance_0A1B2C3D', 'engine: "14" -> "15"'),
      one('delete', 'aws_sns_topic', 'alarms_0A1B2C3D'),
    ];
    expect(plannedChangeLines('dev-foundation', differences, createPaint(false))).toEqual([
      'dev-foundation: 3 to add, 1 to change, 1 to replace, 1 to destroy',
      '  - aws_sns_topic.alarms_0A1B2C3D is destroyed',
      '  ± aws_db_instance.database_instance_0A1B2C3D is destroyed and made anew',
      '      engine: "14" -> "15"',
      '  ~ aws_ecs_service.api_0A1B2C3D',
      '      desired_count: 1 -> 2',
      '  + aws_subnet (2)',
      '  + aws_vpc',
      '  LOST: the database with its backups: all experiments, runs, models’ names and versions, API keys, logged predictions (database_instance)',
    ]);
  });
});

describe('what a plan loses', () => {
  it('is data that a resource has, once for each kind', () => {
    const secrets = ['api', 'mlflow'].map((name) =>
      one('delete', 'aws_secretsmanager_secret', `${name}_0A1B2C3D`),
    );
    expect(lossesOf(secrets)).toEqual(['secrets (api, mlflow)']);
    expect(losesData(secrets)).toBe(true);
  });

  it('is not what comes back by itself, nor what is made or changed', () => {
    expect(losesData([one('replace', 'aws_cloudwatch_log_group', 'api_0A1B2C3D')])).toBe(false);
    expect(losesData([one('update', 'aws_db_instance', 'database_0A1B2C3D')])).toBe(false);
    expect(lossesOf([one('create', 'aws_s3_bucket', 'logs_0A1B2C3D')])).toEqual([]);
  });
});
