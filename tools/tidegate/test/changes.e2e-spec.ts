import { DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ListTasksCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { PREFIX } from './simulated-installation';
import { useInstallation } from './use-installation';

jest.setTimeout(180_000);

describe('the commands for an emergency', () => {
  const under = useInstallation();

  async function service(name: string) {
    const { services: [found] = [] } = await under.installation.ecs.send(
      new DescribeServicesCommand({ cluster: PREFIX, services: [name] }),
    );
    return found;
  }

  async function taskIds(serviceName: string): Promise<string[]> {
    const { taskArns = [] } = await under.installation.ecs.send(
      new ListTasksCommand({ cluster: PREFIX, serviceName }),
    );
    return taskArns.map((arn) => arn.split('/').at(-1) ?? '');
  }

  it.each(['rollback dev api --to 2', 'redeploy dev api', 'scale dev api 2', 'stop-task dev TASK'])(
    '%s: shows what would change and changes nothing without --yes where nobody can be asked',
    async (line) => {
      await under.installation.register('api', 8080, '2');
      const [task = ''] = await taskIds('api');
      const { exitCode, stdout, stderr } = await under.tidegate(line.replace('TASK', task));

      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(/^(api goes from|All 1 tasks of api are replaced|Task .* of api is stopped)/);
      expect(stderr).toContain('Nothing was changed: there is no terminal to ask at. Expected --yes');
      expect([
        ...under.aws.of('UpdateService'),
        ...under.aws.of('StopTask'),
        ...under.aws.of('RegisterScalableTarget'),
      ]).toEqual([]);
    },
  );

  it('rollback goes to the revision before, or to a named one, and says what that changes', async () => {
    const newest = await under.installation.register('mlflow', 5000, '3');
    await under.installation.ecs.send(
      new UpdateServiceCommand({ cluster: PREFIX, service: 'mlflow', taskDefinition: newest }),
    );

    const { exitCode, stdout, stderr } = await under.tidegate('rollback dev mlflow --yes');

    expect(exitCode).toBe(0);
    expect(stderr).toContain('mlflow goes from tidegate-dev-mlflow:2 to tidegate-dev-mlflow:1:\n');
    expect(stderr).toMatch(/ {2}image: \S+@sha256:3{64} -> \S+@sha256:1{64}\n {2}LOG_LEVEL: debug -> info\n/);
    expect(stderr).toContain('The schema of its database stays');
    expect(stdout).toMatch(
      /^mlflow runs tidegate-dev-mlflow:1, 2 tasks\.\nThe next deployment of dev-services overrides it: .+\n$/,
    );
    expect((await service('mlflow'))?.taskDefinition).toMatch(/tidegate-dev-mlflow:1$/);

    expect((await under.tidegate('rollback dev mlflow --yes')).stderr).toContain(
      'There is no revision of tidegate-dev-mlflow before 1 to go back to.',
    );
    expect((await under.tidegate('rollback dev mlflow --to 9 --yes')).stderr).toContain(
      'There is no revision 9 of tidegate-dev-mlflow that can run: expected one of 2.',
    );
    expect((await under.tidegate('rollback dev mlflow --to 2 --yes --json')).stdout).toContain(
      '"to": "tidegate-dev-mlflow:2"',
    );
  });

  it('redeploy replaces all tasks', async () => {
    const before = await taskIds('mlflow');
    const { exitCode, stdout } = await under.tidegate('redeploy dev mlflow --yes');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^mlflow runs 2 new tasks of tidegate-dev-mlflow:\d\.\n/);
    expect((await taskIds('mlflow')).filter((id) => before.includes(id))).toEqual([]);
  });

  it('tells a deployment that ECS gave up from one that worked', async () => {
    let isUpdated = false;
    under.aws.alter('UpdateService', (answer) => ((isUpdated = true), answer));
    under.aws.alter('DescribeServices', (answer) => {
      const failed = {
        rolloutState: 'FAILED',
        rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
      };
      const described = answer['services'] as { deployments: object[] }[];
      if (isUpdated)
        for (const one of described) one.deployments = one.deployments.map((own) => ({ ...own, ...failed }));
      return answer;
    });
    const { exitCode, stdout, stderr } = await under.tidegate('redeploy dev mlflow --yes');

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(
      'The new deployment of mlflow failed: ECS gave the deployment up or another one took its place (ECS deployment circuit breaker: tasks failed to start.). "tidegate diagnose dev mlflow" looks for the cause.',
    );
  });

  it('stop-task stops one task, named by the beginning of its id, and waits for the next', async () => {
    const [first = '', second = ''] = await taskIds('mlflow');
    const { exitCode, stdout, stderr } = await under.tidegate(`stop-task dev ${first.slice(0, 13)} --yes`);

    expect(exitCode).toBe(0);
    expect(stderr).toContain('1 other tasks go on.');
    expect(stdout).toContain(`Task ${first} is stopped; mlflow runs 2 tasks.\n`);
    const after = await taskIds('mlflow');
    expect(after).toHaveLength(2);
    expect(after).toContain(second);
    expect((await under.tidegate('stop-task dev 0000 --yes')).stderr).toMatch(
      /^No running task of tidegate-dev has the id 0000/,
    );
    expect((await under.tidegate('stop-task dev ab --yes')).stderr).toMatch(/^"ab" is too short/);
  });

  it('stop-task is not done before another task runs, whatever the counts of the service say', async () => {
    const [first = ''] = await taskIds('mlflow');
    let looks = 0;
    under.aws.alter('DescribeTasks', (answer) => {
      const tasks = answer['tasks'] as { taskArn: string }[];
      if (under.aws.of('StopTask').length === 0) return answer;
      looks += 1;
      return {
        ...answer,
        tasks: tasks.map((task) => (looks < 3 ? { ...task, lastStatus: 'PENDING' } : task)),
      };
    });
    const { exitCode, stdout, stderr } = await under.tidegate(`stop-task dev ${first} --yes`);

    expect(exitCode).toBe(0);
    expect(stderr).toContain('\n  0 of 2 other tasks run\n');
    expect(looks).toBe(3);
    expect(stdout).toContain(`Task ${first} is stopped; mlflow runs 2 tasks.\n`);
  });

  it('scale is not done while ECS still describes the service as it was', async () => {
    let isOld = true;
    under.aws.alter('DescribeServices', (answer) => {
      const services = answer['services'] as { serviceName: string; desiredCount: number }[];
      if (under.aws.of('UpdateService').length === 0 || !isOld) return answer;
      isOld = false;
      return { ...answer, services: services.map((one) => ({ ...one, desiredCount: 2, runningCount: 2 })) };
    });
    const { exitCode, stdout, stderr } = await under.tidegate('scale dev mlflow 3 --yes');

    expect({ exitCode, isOld }).toEqual({ exitCode: 0, isOld: false });
    expect(stderr).toContain('\n  2 tasks are still wanted, not 3\n');
    expect(stdout).toContain('mlflow runs 3 of 3 tasks.\n');
    await under.tidegate('scale dev mlflow 2 --yes');
  });

  const oneAttempt = { AWS_MAX_ATTEMPTS: '1' };

  it('waits on while AWS is asked too often or closes the connection, and says so', async () => {
    under.aws.alter('UpdateService', (answer) => {
      under.aws.fail('ListServices', 'ThrottlingException', 'Rate exceeded', 1);
      under.aws.reset('DescribeServices', 1);
      return answer;
    });
    const { exitCode, stdout, stderr } = await under.tidegate('redeploy dev mlflow --yes', oneAttempt);

    expect(exitCode).toBe(0);
    expect(stderr).toContain('\n  AWS answers that it was asked too often: Rate exceeded. Trying again …\n');
    expect(stderr).toMatch(/\n {2}AWS cannot be reached in region "eu-west-2" \(.+\)\. Trying again …\n/);
    expect(stdout).toMatch(/^mlflow runs 2 new tasks of /);
  });

  it('ends at once when AWS refuses, and says what goes on', async () => {
    under.aws.alter('UpdateService', (answer) => {
      under.aws.fail('ListServices', 'ExpiredTokenException', 'The security token is expired');
      return answer;
    });
    const { exitCode, stdout, stderr } = await under.tidegate('redeploy dev mlflow --yes', oneAttempt);

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /AWS refuses the credentials: .+ The new deployment of mlflow goes on without this command; "tidegate status dev mlflow" shows how far it is\.\n$/,
    );
  });

  it('scale changes the number, and the limits of autoscaling only where they stand in the way', async () => {
    const within = await under.tidegate('scale dev api 3 --yes');
    expect(within).toMatchObject({ exitCode: 0, stderr: 'api goes from 1 to 3 tasks.\n' });
    expect(within.stdout).toMatch(/^api runs 3 of 3 tasks\.\nAutoscaling may change it between 1 and 4; /);
    expect(under.aws.of('RegisterScalableTarget')).toEqual([]);

    const beyond = await under.tidegate('scale dev api 6 --yes --json');
    expect(beyond.stderr).toContain('Its autoscaling goes from 1-4 to 1-6 tasks.');
    expect(JSON.parse(beyond.stdout)).toMatchObject({
      service: 'api',
      before: 3,
      count: 6,
      running: 6,
      limits: { least: 1, most: 6 },
    });
    const { ScalableTargets } = await under.installation.scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }),
    );
    expect(ScalableTargets).toMatchObject([{ MinCapacity: 1, MaxCapacity: 6 }]);

    const fixed = await under.tidegate('scale dev mlflow 0 --yes');
    expect(fixed.stderr).toContain('Nobody is served by it then.');
    expect(fixed.stdout).toContain(
      'mlflow runs 0 of 0 tasks.\nThe next deployment of dev-services overrides it',
    );
    expect((await service('mlflow'))?.desiredCount).toBe(0);
  });
});
