import { CommandError } from '../command-error';
import { parseCommand } from '../command-line';

const parse = (line: string) => parseCommand(line.split(' '), 'eu-west-2');
const dev = {
  installation: { environment: 'dev', prefix: 'tidegate-dev', region: 'eu-west-2' },
  isJson: false,
};

describe('the command line of operations', () => {
  it.each([
    ['status dev', { name: 'status' }],
    ['status dev api --watch', { name: 'status', service: 'api', watchIntervalMs: 5_000 }],
    ['status dev --watch --interval 1m', { name: 'status', watchIntervalMs: 60_000 }],
    ['logs dev api', { name: 'logs', service: 'api', sinceMs: 600_000, isFollowing: false }],
    ['logs dev api -f --since 2h', { name: 'logs', service: 'api', sinceMs: 7_200_000, isFollowing: true }],
    ['diagnose dev api', { name: 'diagnose', service: 'api', sinceMs: 3_600_000 }],
    ['rollback dev api', { name: 'rollback', service: 'api', isConfirmed: false, timeoutMs: 1_200_000 }],
    [
      'rollback dev api --to 12 --yes --timeout 90s',
      { name: 'rollback', service: 'api', revision: 12, isConfirmed: true, timeoutMs: 90_000 },
    ],
    ['redeploy dev api', { name: 'redeploy', service: 'api', isConfirmed: false, timeoutMs: 1_200_000 }],
    ['stop-task dev 0b69', { name: 'stop-task', taskId: '0b69', isConfirmed: false, timeoutMs: 1_200_000 }],
    [
      'scale dev api 0',
      { name: 'scale', service: 'api', count: 0, isConfirmed: false, timeoutMs: 1_200_000 },
    ],
    ['drift dev', { name: 'drift' }],
    ['doctor dev', { name: 'doctor' }],
    ['cost dev', { name: 'cost' }],
  ])('%s', (line, command) => {
    expect(parse(line)).toEqual({ ...dev, ...command });
  });

  it('takes project, region and JSON everywhere', () => {
    expect(parse('status staging --project shop --region eu-west-1 --json')).toEqual({
      name: 'status',
      installation: { environment: 'staging', prefix: 'shop-staging', region: 'eu-west-1' },
      isJson: true,
    });
    expect(parse('scale --help')).toMatchObject({ name: 'operations help' });
  });

  it.each([
    ['status', 'Of which environment? Expected "tidegate status dev [service]", for example.'],
    ['status Dev', 'The environment is "Dev": expected'],
    ['status dev api mlflow', '"mlflow" is one word too many: expected "tidegate status dev [service]".'],
    ['status dev --interval 5s', '--interval is for --watch'],
    ['status dev --yes', 'status has no option --yes.'],
    ['logs dev', 'Which service? Expected "tidegate logs dev <service>".'],
    ['logs dev api --since yesterday', '--since is "yesterday": expected a number and a unit, such as 30s'],
    ['rollback dev api --to last', '--to is "last": expected a whole number'],
    ['scale dev api', 'Which count? Expected "tidegate scale dev <service> <count>".'],
    ['scale dev api 1001', 'The count is "1001": expected a whole number up to 1000.'],
    ['scale dev api -1', `Unknown option '-1'`],
    ['stop-task dev', 'Which task? Expected "tidegate stop-task dev <task>".'],
    ['drift dev --region eu-west-1', 'drift has no option --region.'],
    ['doctor dev --project shop', 'doctor has no option --project.'],
    ['drift dev api', '"api" is one word too many: expected "tidegate drift dev".'],
  ])('%s: says what is wrong', (line, message) => {
    expect(() => parse(line)).toThrow(CommandError);
    expect(() => parse(line)).toThrow(message);
  });
});
