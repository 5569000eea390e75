import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import { useAwsSimulator } from '@tidegate/testing';
import { IMAGES } from '../src/images/image-builds';
import { SimulatedSetupTask } from './simulated-setup-task';
import { SimulatedTasks } from './simulated-tasks';
import { WorkFolder, type CommandOutcome } from './tidegate-command';

jest.setTimeout(180_000);

const digest = (character: string): string => `registry/tidegate-dev/x@sha256:${character.repeat(64)}`;

describe('tidegate setup', () => {
  const aws = useAwsSimulator();
  let tasks: SimulatedTasks;
  let folder: WorkFolder;
  let setupTask: SimulatedSetupTask;

  beforeAll(async () => {
    setupTask = await SimulatedSetupTask.create(aws);
    await setupTask.register('tidegate-dev');
  });

  beforeEach(async () => {
    tasks = await SimulatedTasks.start(aws.url);
    folder = new WorkFolder();
  });

  afterEach(() => {
    tasks.stop();
    folder.remove();
  });

  function writeRelease(environment: string, character: string): void {
    const images = Object.fromEntries(IMAGES.map((image) => [image, digest(character)]));
    const file = path.join(folder.path, `infra/aws/images.${environment}.tfvars.json`);
    writeFileSync(file, JSON.stringify({ images }));
  }

  const setup = (environment = 'dev', ...options: string[]): Promise<CommandOutcome> =>
    folder.tidegate(['setup', environment, ...options], { ...aws.environment, AWS_ENDPOINT_URL: tasks.url });

  const newest = async () =>
    (
      await new ECSClient(aws.sdk).send(
        new DescribeTaskDefinitionCommand({ taskDefinition: 'tidegate-dev-setup' }),
      )
    ).taskDefinition;

  it('runs the newest definition with the digests of the release in the network of its tags, and says how it went', async () => {
    writeRelease('dev', 'a');
    tasks.end = {
      stoppedReason: 'Essential container in task exited',
      containers: [
        { name: 'setup', exitCode: 0 },
        { name: 'mlflow-schema', exitCode: 0 },
      ],
    };
    tasks.onRun = (taskId) => setupTask.writeLog('setup', taskId, ['created database mlflow_db', 'done']);

    const { exitCode, stdout, stderr } = await setup();

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('setup: ended with exit code 0\n  | created database mlflow_db\n  | done\n');
    expect(stdout).toContain('mlflow-schema: ended with exit code 0\ndev is set up\n');
    const definition = await newest();
    expect(definition).toMatchObject({
      cpu: '512',
      networkMode: 'awsvpc',
      taskRoleArn: `arn:aws:iam::${aws.accountId}:role/setup`,
      containerDefinitions: [
        { name: 'setup', image: digest('a') },
        {
          name: 'mlflow-schema',
          image: digest('a'),
          dependsOn: [{ containerName: 'setup', condition: 'SUCCESS' }],
        },
      ],
    });
    expect(tasks.runs).toMatchObject([
      {
        cluster: 'tidegate-dev',
        taskDefinition: definition?.taskDefinitionArn,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { ...setupTask.network, assignPublicIp: 'DISABLED' } },
      },
    ]);

    await setup();
    expect((await newest())?.taskDefinitionArn).toBe(definition?.taskDefinitionArn);
    writeRelease('dev', 'b');
    const forProgram = await setup('dev', '--json');
    expect(JSON.parse(forProgram.stdout)).toEqual({
      environment: 'dev',
      taskArn: expect.stringContaining(':task/tidegate-dev/') as string,
      taskDefinitionArn: (await newest())?.taskDefinitionArn,
    });
    expect(forProgram.stderr).toContain('dev is set up\n');
    expect((await newest())?.taskDefinitionArn).not.toBe(definition?.taskDefinitionArn);
    expect(tasks.runs).toHaveLength(3);
  });

  it('ends with 1 when a container failed or never ran, with its reason and its last lines', async () => {
    writeRelease('dev', 'a');
    tasks.end = {
      stoppedReason: 'Dependency of container mlflow-schema failed',
      containers: [{ name: 'setup', exitCode: 1, reason: 'OutOfMemoryError' }, { name: 'mlflow-schema' }],
    };
    tasks.onRun = (taskId) => setupTask.writeLog('setup', taskId, ['the database refuses the password']);

    const { exitCode, stdout, stderr } = await setup();

    expect(exitCode).toBe(1);
    expect(stdout).toContain('  | the database refuses the password\n');
    expect(stdout).not.toContain('is set up');
    expect(stderr).toBe(
      'The set-up failed: setup ended with exit code 1 (OutOfMemoryError); mlflow-schema did not run. ECS says: ' +
        'Dependency of container mlflow-schema failed. Mend the cause and run the command again; it goes on where it stopped.\n',
    );
  });

  it('says what is missing before it starts anything', async () => {
    expect((await setup()).stderr).toContain(
      'Expected what "tidegate images push dev" writes: run it first.',
    );
    writeFileSync(
      path.join(folder.path, 'infra/aws/images.dev.tfvars.json'),
      '{"images":{"api":"x:latest"}}',
    );
    expect((await setup()).stderr).toContain('infra/aws/images.dev.tfvars.json cannot be used:');
    writeRelease('nowhere', 'a');
    expect((await setup('nowhere')).stderr).toContain(
      'There is no task definition tidegate-nowhere-setup in eu-west-2',
    );
    writeRelease('old', 'a');
    await setupTask.register('tidegate-old', { hasTags: false });
    expect((await setup('old')).stderr).toContain('has no tag tidegate:subnets');
    expect(tasks.runs).toEqual([]);
  });
});
