import path from 'node:path';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ensureWorkspacePython, pythonEnvironment, runCommand } from '@tidegate/local-parts';
import { useAwsSimulator, workspaceRoot } from '@tidegate/testing';
import { MlflowWithUsers } from './mlflow-with-users';
import { SimulatedSetupTask } from './simulated-setup-task';
import { SimulatedTasks } from './simulated-tasks';
import { WorkFolder, type CommandOutcome } from './tidegate-command';

jest.setTimeout(600_000);

interface Run {
  readonly overrides: {
    readonly containerOverrides: readonly {
      readonly name: string;
      readonly command: readonly string[];
      readonly environment?: readonly { readonly name: string; readonly value: string }[];
    }[];
  };
}

describe('tidegate users', () => {
  const aws = useAwsSimulator();
  let mlflow: MlflowWithUsers;
  let setupTask: SimulatedSetupTask;
  let tasks: SimulatedTasks;
  let folder: WorkFolder;
  /** Of the container `mlflow-schema`, as `infra/aws` sets it. */
  let environment: Record<string, string>;
  /** All that containers wrote. */
  let log: string;

  beforeAll(async () => {
    mlflow = await MlflowWithUsers.start();
    const server = new URL(mlflow.postgresUrl);
    environment = {
      AWS_REGION: aws.region,
      MLFLOW_DB_HOST: server.hostname,
      MLFLOW_DB_PORT: server.port,
      MLFLOW_DB_NAME: 'mlflow_db',
      MLFLOW_AUTH_DB_NAME: 'mlflow_auth_db',
      MLFLOW_DB_SECRET_ARN: await createSecret('tidegate-dev/database/mlflow', {
        username: decodeURIComponent(server.username),
        password: decodeURIComponent(server.password),
      }),
    };
    await createSecret('tidegate-dev/mlflow', { admin_username: 'admin', admin_password: 'hush' });
    setupTask = await SimulatedSetupTask.create(aws);
    await setupTask.register('tidegate-dev', { environment });
  }, 240_000);
  afterAll(() => mlflow?.stop());

  beforeEach(async () => {
    tasks = await SimulatedTasks.start(aws.url);
    tasks.onRun = playContainers;
    folder = new WorkFolder();
    log = '';
  });
  afterEach(() => {
    tasks.stop();
    folder.remove();
  });

  async function createSecret(Name: string, content: Record<string, string>): Promise<string> {
    const secrets = new SecretsManagerClient(aws.sdk);
    const { ARN = '' } = await secrets.send(
      new CreateSecretCommand({ Name, SecretString: JSON.stringify(content) }),
    );
    return ARN;
  }

  const lastRun = (): Run => tasks.runs.at(-1) as unknown as Run;

  /** Runs what the container is told to, on this machine. */
  async function playContainers(taskId: string): Promise<void> {
    const own = lastRun().overrides.containerOverrides.find(({ name }) => name === 'mlflow-schema');
    const overridden = Object.fromEntries((own?.environment ?? []).map(({ name, value }) => [name, value]));
    const { python } = await ensureWorkspacePython(workspaceRoot, (line) => console.error(line));
    const program = path.join(workspaceRoot, 'infra/images/mlflow/main.py');
    const { exitCode, stdout, stderr } = await runCommand(python, [program, ...(own?.command ?? [])], {
      env: {
        ...pythonEnvironment(['MLFLOW_', 'AWS_']),
        ...aws.environment,
        AWS_DEFAULT_REGION: undefined,
        ...environment,
        ...overridden,
      },
    });
    log += stdout + stderr;
    await setupTask.writeLog('mlflow-schema', taskId, linesOf(stderr + stdout));
    tasks.end = ended(0, exitCode);
  }

  const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');
  const ended = (setup?: number, program?: number, reason = 'Essential container in task exited') => ({
    stoppedReason: reason,
    containers: [
      { name: 'setup', ...(setup !== undefined && { exitCode: setup }) },
      { name: 'mlflow-schema', ...(program !== undefined && { exitCode: program }) },
    ],
  });

  const users = (line: string, input?: string, variables = {}): Promise<CommandOutcome> =>
    folder.tidegate(
      ['users', ...line.split(' ')],
      { ...aws.environment, AWS_ENDPOINT_URL: tasks.url, ...variables },
      input,
    );

  /** The password is in no request to AWS and in no log; of its hash only the task knows. */
  function expectKept(password: string): void {
    expect(tasks.aws.requests.length).toBeGreaterThan(3);
    expect(JSON.stringify(tasks.aws.requests)).not.toContain(password);
    expect(JSON.stringify(tasks.runs)).toContain('scrypt:');
    expect(log).not.toBe('');
    expect(log).not.toContain(password);
    expect(log).not.toContain('scrypt:');
  }

  it('makes a user by a task inside the VPC, and tells nobody else the password', async () => {
    const made = await users('create dev ann');
    expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^[\w-]{32}\n$/) as string });
    const password = made.stdout.trim();
    expect(made.stderr).toContain('"tidegate users grant dev ann experiment <name> READ"');
    expect(made.stderr).not.toContain(password);
    expectKept(password);
    expect(tasks.runs).toMatchObject([
      {
        ...{ cluster: 'tidegate-dev', launchType: 'FARGATE', startedBy: 'tidegate-users' },
        networkConfiguration: { awsvpcConfiguration: { ...setupTask.network, assignPublicIp: 'DISABLED' } },
        overrides: {
          containerOverrides: [
            // Nothing is set up.
            { name: 'setup', command: ['node', '--version'] },
            { name: 'mlflow-schema', command: ['users'] },
          ],
        },
      },
    ]);
    expect(await mlflow.experimentsOf('ann', password)).toEqual([]);

    expect(await users('create dev ann')).toMatchObject({
      ...{ exitCode: 1, stdout: '' },
      stderr: expect.stringContaining("\nThere is a user 'ann' already. Expected another name") as string,
    });
    expect(await mlflow.experimentsOf('ann', password)).toEqual([]);
  });

  it('grants, lists and deletes', async () => {
    const id = await mlflow.createExperiment('fraud');
    const given = 'a password of bob';
    expect(await users('create dev bob --password-stdin --json', `${given}\n`)).toMatchObject({
      exitCode: 0,
      stdout: `${JSON.stringify({ user: 'bob', isAdmin: false }, null, 2)}\n`,
    });
    expectKept(given);
    expect(await users('grant dev bob experiment fraud EDIT')).toMatchObject({
      ...{ exitCode: 0, stdout: `bob: EDIT on experiment fraud (${id})\n` },
    });
    expect(await mlflow.experimentsOf('bob', given)).toEqual(['fraud']);
    expect((await users('list dev')).stdout).toMatch(
      new RegExp(`^bob +experiment fraud \\(${id}\\) +EDIT$`, 'm'),
    );
    expect(await users('grant dev bob experiment nowhere READ')).toMatchObject({
      ...{ exitCode: 1, stdout: '' },
      stderr: expect.stringContaining("There is no experiment 'nowhere'.") as string,
    });

    const before = tasks.runs.length;
    expect(await users('delete dev bob')).toMatchObject({ exitCode: 1 });
    expect(tasks.runs).toHaveLength(before);
    expect(await users('delete dev bob --yes')).toMatchObject({ exitCode: 0, stdout: 'bob is deleted\n' });
    expect((await users('delete dev bob --yes')).stderr).toContain("There is no user 'bob'.");
    expect((await users('delete dev admin --yes')).stderr).toContain(
      'the administrator that Tidegate itself',
    );
  });

  it('ends with 1 when the program gave no answer, and shows its last lines', async () => {
    tasks.onRun = async (taskId) => {
      tasks.end = ended(0, 1);
      await setupTask.writeLog('mlflow-schema', taskId, [
        "The command is 'users'. Give one of: serve, upgrade.",
      ]);
    };
    const { exitCode, stdout, stderr } = await users('create dev zoe');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(
      'The task gave no answer: setup ended with exit code 0; mlflow-schema ended with exit code 1. ECS says: Essential',
    );
    expect(stderr).toContain('"tidegate images push dev", then "tidegate setup dev"');
    expect(stderr).toContain("  | The command is 'users'. Give one of: serve, upgrade.");
  });

  it('says what to do about a user that may be made, when the end of the task is not seen', async () => {
    tasks.onRun = () => {
      tasks.aws.fail('DescribeTasks', 'ExpiredTokenException', 'It is expired');
      return Promise.resolve();
    };
    const { exitCode, stdout, stderr } = await users('create dev zoe');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/AWS refuses the credentials: It is expired\..* goes on without this command\. /);
    expect(stderr).toContain(
      'When the task has stopped, "tidegate users list dev" shows whether zoe was made. If so, and its password was to be shown here, nobody knows it: "tidegate users delete dev zoe", then create it again.',
    );
  });

  it.each([
    ['a container that was ended', 137, '{"record": "outcome", "code": "created"}'],
    ['one that never ran', undefined, undefined],
  ])('takes %s for a failure', async (_, program, line) => {
    tasks.onRun = async (taskId) => {
      tasks.end = ended(0, program, 'CannotPullContainerError: not found');
      if (line !== undefined) await setupTask.writeLog('mlflow-schema', taskId, [line]);
    };
    const { exitCode, stdout, stderr } = await users('create dev zoe');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('ECS says: CannotPullContainerError: not found.');
  });

  it('waits for lines that CloudWatch shows late', async () => {
    let isShown = false;
    tasks.aws.alter('GetLogEvents', (answer) => {
      const shown = isShown ? answer : { ...answer, events: [] };
      isShown = true;
      return shown;
    });
    expect(await users('list dev')).toMatchObject({
      ...{ exitCode: 0, stdout: expect.stringContaining('admin  everything') as string },
    });
  });

  it('says why ECS starts no task', async () => {
    const reason = 'Capacity is unavailable at this time';
    tasks.aws.reply('RunTask', JSON.stringify({ tasks: [], failures: [{ reason }] }));
    const { exitCode, stderr } = await users('list dev');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^ECS did not start a task of arn:.*: Capacity is unavailable/) as string,
    });
  });

  it('says what is missing before it starts anything', async () => {
    expect((await users('list nowhere')).stderr).toContain(
      'There is no task definition tidegate-nowhere-setup',
    );
    await setupTask.register('tidegate-fresh', { image: 'registry/tidegate-fresh/x:not-pushed-yet' });
    expect((await users('list fresh')).stderr).toContain('Expected "tidegate setup fresh" to have run');
    const noCredentials = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    expect(await users('list dev', undefined, noCredentials)).toMatchObject({
      ...{ exitCode: 1, stdout: '' },
      stderr: expect.stringContaining('No AWS credentials were found') as string,
    });
    expect(tasks.runs).toEqual([]);
  });
});
