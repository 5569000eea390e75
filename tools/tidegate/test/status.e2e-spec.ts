import { useInstallation } from './use-installation';

jest.setTimeout(180_000);

const UNHEALTHY_TARGET = `<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
  <DescribeTargetHealthResult><TargetHealthDescriptions><member>
    <HealthCheckPort>8080</HealthCheckPort>
    <TargetHealth><State>unhealthy</State><Reason>Target.ResponseCodeMismatch</Reason>
      <Description>Health checks failed with these codes: [503]</Description></TargetHealth>
    <Target><AvailabilityZone>eu-west-2a</AvailabilityZone><Port>8080</Port><Id>10.0.128.7</Id></Target>
  </member></TargetHealthDescriptions></DescribeTargetHealthResult>
  <ResponseMetadata><RequestId>c534f810-f389-11e5-9192-3fff33344cfa</RequestId></ResponseMetadata>
</DescribeTargetHealthResponse>`;

const NOTE = 'Looking at services, tasks and targets of tidegate-dev …\n';

describe('tidegate status', () => {
  const under = useInstallation();

  it('shows every service in a line, without colours where there is no terminal, and ends with 0', async () => {
    const { exitCode, stdout, stderr } = await under.tidegate('status dev');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: NOTE });
    expect(stdout).toMatch(/^tidegate-dev in eu-west-2, 20\d\d-/);
    expect(stdout).toMatch(/^SERVICE +STATE +TASKS +PENDING +DEPLOYMENT +HEALTH +TARGETS +IMAGE$/m);
    expect(stdout).toMatch(
      /^api +healthy +1\/1 +0 +completed 1 +0\/1 healthy +1\/1 healthy +sha256:111111111111$/m,
    );
    expect(stdout).toMatch(/^mlflow +healthy +2\/2 +0 +completed 1 +0\/2 healthy +- +sha256:111111111111$/m);
    expect(stdout).toContain('LAST EVENTS\n');
    expect(stdout).not.toContain('\u001b');
  });

  it('shows one service whole', async () => {
    const { exitCode, stdout } = await under.tidegate('status dev api');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^TASK +REVISION +STATUS +HEALTH +ADDRESS +ZONE +AGE$/m);
    expect(stdout).toMatch(/^[0-9a-f-]{36} +tidegate-dev-api:1 +RUNNING/m);
    expect(stdout).toMatch(/^tidegate-dev-api:1 +PRIMARY +COMPLETED +1\/1 +0/m);
    expect(stdout).toMatch(
      /^Image 123456789012\.dkr\.ecr\.eu-west-2\.amazonaws\.com\/tidegate-dev\/api@sha256:1{64}$/m,
    );
    expect(stdout).toContain('(service api) has started 1 tasks.');
    expect(stdout).toMatch(/^LOG_LEVEL +info$/m);
    expect(stdout).toMatch(/^API_KEY_PEPPER +secret arn:aws:secretsmanager:\S+:pepper::$/m);
    expect(stdout).toContain('\nA deployment keeps 100 % to 200 % of the tasks; circuit breaker off\n');
    expect(stdout).toContain('\nTask definition 1: cpu 256, memory 512 MiB, X86_64\n');
  });

  it('shows why tasks of one service stopped', async () => {
    under.aws.alter('ListTasks', (answer, request) =>
      request['desiredStatus'] === 'STOPPED'
        ? { taskArns: ['arn:aws:ecs:eu-west-2:123456789012:task/tidegate-dev/0b69'] }
        : answer,
    );
    under.aws.alter('DescribeTasks', (answer, request) =>
      (request['tasks'] as string[])[0]?.endsWith('/0b69') === true
        ? {
            tasks: [
              {
                taskArn: 'arn:aws:ecs:eu-west-2:123456789012:task/tidegate-dev/0b69',
                stopCode: 'EssentialContainerExited',
                stoppedReason: 'Essential container in task exited',
                containers: [{ name: 'api', exitCode: 1 }],
              },
            ],
          }
        : answer,
    );
    const { stdout } = await under.tidegate('status dev api');
    expect(stdout).toMatch(
      /^0b69 +- +EssentialContainerExited: Essential container in task exited +api: ended with exit code 1$/m,
    );
  });

  it('ends with 2 and names what is wrong, to programs as well', async () => {
    under.aws.reply('DescribeTargetHealth', UNHEALTHY_TARGET);
    under.aws.alter('DescribeTasks', (answer) => ({
      ...answer,
      tasks: (answer['tasks'] as object[]).map((task) => ({ ...task, healthStatus: 'UNHEALTHY' })),
    }));

    const { exitCode, stdout, stderr } = await under.tidegate('status dev api --json');

    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: NOTE });
    expect(JSON.parse(stdout)).toMatchObject({
      environment: 'dev',
      region: 'eu-west-2',
      services: [
        {
          name: 'api',
          state: 'unhealthy',
          desired: 1,
          running: 1,
          problems: [
            expect.stringMatching(/^the health check in the container of task [0-9a-f-]{36} fails$/),
            'target 10.0.128.7:8080 is unhealthy: Target.ResponseCodeMismatch, Health checks failed with these codes: [503]',
          ],
          deployments: [{ status: 'PRIMARY', rollout: 'COMPLETED', revision: 'tidegate-dev-api:1' }],
          targets: [{ group: 'tidegate-dev-api', address: '10.0.128.7', state: 'unhealthy' }],
        },
      ],
    });
  });

  it('goes on with --watch, a document a line for programs', async () => {
    let looks = 0;
    under.aws.alter('ListServices', (answer) => {
      looks += 1;
      if (looks === 2)
        under.aws.fail('ListServices', 'ExpiredTokenException', 'The security token is expired');
      return answer;
    });
    const { exitCode, stdout, stderr } = await under.tidegate('status dev --watch --interval 1s --json');

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`^${NOTE}AWS refuses the credentials`));
    const documents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(documents).toHaveLength(2);
    expect(documents[1]).toMatchObject({ services: [{ name: 'api' }, { name: 'mlflow' }] });
  });

  it('goes on with --watch while AWS is asked too often, but does not begin with it', async () => {
    const oneAttempt = { AWS_MAX_ATTEMPTS: '1' };
    let looks = 0;
    under.aws.alter('ListServices', (answer) => {
      looks += 1;
      if (looks === 1) under.aws.fail('ListServices', 'ThrottlingException', 'Rate exceeded', 1);
      if (looks === 2) under.aws.fail('ListServices', 'AccessDeniedException', 'Not any more');
      return answer;
    });
    const line = 'status dev --watch --interval 1s --json';
    const { exitCode, stdout, stderr } = await under.tidegate(line, oneAttempt);

    expect(exitCode).toBe(1);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(stderr).toContain('\n  AWS answers that it was asked too often: Rate exceeded. Trying again …\n');
    expect(stderr).toMatch(/\nThe credentials lack a right: Not any more\..+\n$/);

    under.aws.fail('ListServices', 'ThrottlingException', 'Rate exceeded', 1);
    expect((await under.tidegate(line, oneAttempt)).stderr).toMatch(
      /^Looking at .+\nAWS answers that it was asked too often: .+\n$/,
    );
  });

  it('says so when the cluster has no service yet', async () => {
    under.aws.alter('ListServices', () => ({ serviceArns: [] }));
    expect(await under.tidegate('status dev')).toMatchObject({
      exitCode: 1,
      stderr: `${NOTE}No service is deployed in tidegate-dev (eu-west-2): expected those of the stack dev-services. Deploy it first.\n`,
    });
  });

  it.each([
    [
      'status production',
      {},
      'There is no ECS cluster tidegate-production in eu-west-2, so nothing is deployed there.',
    ],
    ['status dev --region eu-west-1', {}, 'There is no ECS cluster tidegate-dev in eu-west-1'],
    ['status dev web', {}, 'There is no service "web" in tidegate-dev: expected one of api, mlflow.'],
    ['status dev', { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, 'No AWS credentials were found'],
    ['status dev', { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, 'AWS cannot be reached in region "eu-west-2"'],
  ])('%s with %j: one line that says what happened and what to do', async (line, variables, message) => {
    const { exitCode, stdout, stderr } = await under.tidegate(line, variables);

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^Looking at .+\n.+\n$/);
  });

  it.each([
    ['ThrottlingException', 'Rate exceeded', 'AWS answers that it was asked too often: Rate exceeded.'],
    [
      'AccessDeniedException',
      'User: arn:aws:iam::1:user/ann is not authorized to perform: ecs:ListServices',
      'The credentials lack a right: User: arn:aws:iam::1:user/ann is not authorized',
    ],
    [
      'ExpiredTokenException',
      'The security token is expired',
      'AWS refuses the credentials: The security token',
    ],
  ])('says what %s means', async (code, message, explanation) => {
    under.aws.fail('ListServices', code, message);

    const { exitCode, stderr } = await under.tidegate('status dev');

    expect(exitCode).toBe(1);
    expect(stderr).toContain(explanation);
    expect(stderr).not.toContain('    at ');
  });
});
