import { PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { PREFIX } from './simulated-installation';
import { useInstallation } from './use-installation';

jest.setTimeout(180_000);

const STOPPED = '0b69d5c0d6554c0b8a1d1d5f4e9a7f11';

describe('tidegate diagnose and logs', () => {
  const under = useInstallation();

  /** In the form of the ECS API; the simulator keeps neither exit codes nor reasons. */
  function stop(task: object): void {
    const taskArn = `arn:aws:ecs:eu-west-2:123456789012:task/${PREFIX}/${STOPPED}`;
    under.aws.alter('ListTasks', (answer, request) =>
      request['desiredStatus'] === 'STOPPED' ? { taskArns: [taskArn] } : answer,
    );
    under.aws.alter('DescribeTasks', (answer, request) =>
      (request['tasks'] as string[]).includes(taskArn)
        ? {
            tasks: [{ taskArn, lastStatus: 'STOPPED', stoppedAt: Date.now() / 1000 - 60, ...task }],
            failures: [],
          }
        : answer,
    );
  }

  async function write(
    service: string,
    task: string,
    lines: readonly (readonly [agoMs: number, message: string])[],
  ) {
    const name = {
      logGroupName: `/ecs/${PREFIX}/${service}`,
      logStreamName: `${service}/${service}/${task}`,
    };
    await under.installation.logs.send(new CreateLogStreamCommand(name));
    const now = Date.now();
    await under.installation.logs.send(
      new PutLogEventsCommand({
        ...name,
        logEvents: lines.map(([agoMs, message]) => ({ timestamp: now - agoMs, message })),
      }),
    );
  }

  async function alarm(name: string, StateValue: 'ALARM' | 'OK'): Promise<void> {
    const { cloudWatch } = under.installation;
    const AlarmName = `${PREFIX}-${name}`;
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        ...{ AlarmName, AlarmDescription: 'Of the test.', Namespace: 'test', MetricName: 'test' },
        ...{ Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1 },
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    await cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'Threshold Crossed' }),
    );
  }

  it('finds nothing wrong with a service that runs', async () => {
    const { exitCode, stdout, stderr } = await under.tidegate('diagnose dev mlflow');

    expect(stdout).toMatch(/^tidegate-dev mlflow: healthy\n/);
    expect(stdout).toContain('Nothing is wrong with it, as far as can be seen from here.\n');
    expect(exitCode).toBe(0);
    expect(stderr).toBe(
      'Looking at tasks, targets, alarms, log, secrets and network of tidegate-dev mlflow …\n',
    );
  });

  it('reads the log of a task that crashed, and says what was seen, the likely cause and the remedy', async () => {
    const said = 'The database cannot be used: FATAL:  password authentication failed for user "mlflow"';
    await write('mlflow', STOPPED, [[60_000, said]]);
    stop({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'mlflow', lastStatus: 'STOPPED', exitCode: 1 }],
    });

    const { exitCode, stdout } = await under.tidegate('diagnose dev mlflow');

    expect(exitCode).toBe(2);
    expect(stdout).toContain(
      'LIKELY CAUSE  The database refuses the login of the service. [database-login-refused]\n',
    );
    expect(stdout).toMatch(
      new RegExp(` {4}log ${STOPPED} \\(([6-9]\\d|1[01]\\d)s ago\\): ${said.replaceAll(/[.()]/g, '\\$&')}\n`),
    );
    expect(stdout).toContain(
      '    - Role and secret do not fit: "tidegate setup dev" makes them equal again.\n',
    );
    expect(stdout).toMatch(/FOLLOWS FROM IT\n(.*\n)*.*\[essential-container-exited\]/);
  });

  it('tells programs the same, and what it may not look at', async () => {
    stop({
      stopCode: 'TaskFailedToStart',
      stoppedReason:
        'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-2:123456789...',
    });
    under.aws.alter('DescribeSecret', (answer) => ({ ...answer, VersionIdsToStages: {} }));
    under.aws.fail(
      'FilterLogEvents',
      'AccessDeniedException',
      'User: ann is not authorized to perform: logs:FilterLogEvents',
    );

    const { exitCode, stdout } = await under.tidegate('diagnose dev api --json');

    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      environment: 'dev',
      service: 'api',
      causes: [
        {
          id: 'secret-empty',
          remedy: ['Fill the secrets: "tidegate setup dev". Then "tidegate redeploy dev api".'],
          evidence: [
            { source: 'secret', subject: 'API_KEY_PEPPER', text: expect.stringContaining('/api-') as string },
          ],
        },
      ],
      consequences: [{ id: 'secret-unreadable' }],
      unchecked: [expect.stringMatching(/^logs: The credentials lack a right: User: ann/)],
    });
  });

  it('never looks into a secret', async () => {
    await under.tidegate('diagnose dev api');
    expect(under.aws.of('DescribeSecret')).toHaveLength(1);
    expect(under.aws.of('GetSecretValue')).toEqual([]);
  });

  it('says so when it does not recognise the trouble', async () => {
    stop({
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotCreateVolumeError: EFS utils command failed',
    });
    const { exitCode, stdout } = await under.tidegate('diagnose dev api');

    expect(exitCode).toBe(2);
    expect(stdout).toContain('NOT RECOGNISED  No known cause fits what was seen.\n');
    expect(stdout).toMatch(/WHAT WAS SEEN\n {4}stopped task .*: TaskFailedToStart: CannotCreateVolumeError/);
  });

  it('knows a high error rate by its alarm, though every task runs', async () => {
    await alarm('api-5xx', 'ALARM');
    await alarm('api-cpu', 'OK');
    await alarm('mlflow-5xx', 'ALARM');

    const { exitCode, stdout } = await under.tidegate('diagnose dev api');

    expect(exitCode).toBe(2);
    expect(stdout).toContain('[error-rate-high]\n');
    expect(stdout).toContain('    alarm: tidegate-dev-api-5xx: Of the test. Threshold Crossed\n');
    expect(stdout).not.toMatch(/api-cpu|mlflow-5xx/);
    for (const name of ['api-5xx', 'mlflow-5xx']) await alarm(name, 'OK');
  });

  it('takes errors that the log repeats for trouble, though every task runs', async () => {
    const line = JSON.stringify({ level: 'error', status: 502, msg: 'request failed' });
    await write(
      'mlflow',
      'eeeeeeee5555',
      Array.from({ length: 40 }, (_, index) => [(40 - index) * 100, line]),
    );

    const { exitCode, stdout } = await under.tidegate('diagnose dev mlflow --since 30s');

    expect(exitCode).toBe(2);
    expect(stdout).toContain('NOT RECOGNISED  No known cause fits what was seen.\n');
    expect(stdout).toMatch(/log eeeeeeee5555 \(40 times, last \d+s ago\): \{"level":"error","status":502/);
  });

  it('shows the lines of all tasks by time, and only of the time asked for', async () => {
    await write('api', 'aaaaaaaa1111', [
      [30_000, 'one'],
      [10_000, 'three'],
    ]);
    await write('api', 'bbbbbbbb2222', [
      [1_200_000, 'long ago'],
      [20_000, 'two'],
    ]);

    const { exitCode, stdout, stderr } = await under.tidegate('logs dev api');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^Reading \/ecs\/tidegate-dev\/api from 20\S+Z on …\n$/);
    expect(stdout.replaceAll(/^\S+Z /gm, '')).toBe('aaaaaaaa one\nbbbbbbbb two\naaaaaaaa three\n');

    const longer = await under.tidegate('logs dev api --since 1h --json');
    const entries = longer.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(entries).toMatchObject([
      { task: 'bbbbbbbb2222', message: 'long ago' },
      { message: 'one' },
      { message: 'two' },
      { message: 'three' },
    ]);
    expect(await under.tidegate('logs dev web')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('There is no log group /ecs/tidegate-dev/web') as string,
    });
  });

  it('shows a page as soon as it has come, the lines of its tasks by time', async () => {
    const events = (streams: readonly string[], fromMs: number) =>
      streams.map((stream, index) => ({
        ...{ logStreamName: `api/api/${stream}`, timestamp: fromMs - index, message: `${stream} writes` },
        eventId: `${fromMs}-${index}`,
      }));
    const now = Date.now();
    under.aws.alter('FilterLogEvents', (_answer, request) => {
      if (request['nextToken'] === undefined)
        return { events: events(['task-two', 'task-one'], now - 5_000), nextToken: 'second' };
      under.aws.fail('FilterLogEvents', 'AccessDeniedException', 'Not any more');
      return { events: events(['task-four', 'task-three'], now - 1_000), nextToken: 'third' };
    });
    const { exitCode, stdout } = await under.tidegate('logs dev api --since 1d');

    expect(exitCode).toBe(1);
    expect(stdout.replaceAll(/^\S+Z \S+ /gm, '')).toBe(
      'task-one writes\ntask-two writes\ntask-three writes\ntask-four writes\n',
    );
  });

  it('goes on with --follow while AWS closes the connection, and shows no line twice', async () => {
    await under.installation.logs.send(new CreateLogGroupCommand({ logGroupName: `/ecs/${PREFIX}/third` }));
    await write('third', 'cccccccc3333', [[2_000, 'before']]);
    let looks = 0;
    under.aws.alter('FilterLogEvents', async (answer) => {
      looks += 1;
      if (looks === 1) under.aws.reset('FilterLogEvents', 1);
      if (looks === 2) await write('third', 'dddddddd4444', [[0, 'after']]);
      if (looks === 4)
        under.aws.fail('FilterLogEvents', 'ExpiredTokenException', 'The security token is expired');
      return answer;
    });
    const variables = { AWS_MAX_ATTEMPTS: '1' };
    const { exitCode, stdout, stderr } = await under.tidegate('logs dev third -f', variables);

    expect(exitCode).toBe(1);
    expect(stdout.replaceAll(/^\S+Z /gm, '')).toBe('cccccccc before\ndddddddd after\n');
    expect(stderr).toMatch(/\n {2}AWS cannot be reached in region "eu-west-2" \(.+\)\. Trying again …\n/);
  });

  it('shows what comes with --follow, each line once', async () => {
    await under.installation.logs.send(new CreateLogGroupCommand({ logGroupName: `/ecs/${PREFIX}/other` }));
    await write('other', 'cccccccc3333', [[2_000, 'before']]);
    let looks = 0;
    under.aws.alter('FilterLogEvents', async (answer) => {
      looks += 1;
      if (looks === 1) await write('other', 'dddddddd4444', [[0, 'after']]);
      if (looks === 3)
        under.aws.fail('FilterLogEvents', 'ExpiredTokenException', 'The security token is expired');
      return answer;
    });
    const { exitCode, stdout } = await under.tidegate('logs dev other -f --since 10m');

    expect(exitCode).toBe(1);
    expect(stdout.replaceAll(/^\S+Z /gm, '')).toBe('cccccccc before\ndddddddd after\n');
  });
});
