import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MlflowWithUsers } from './mlflow-with-users';
import { WorkFolder, type CommandOutcome } from './tidegate-command';

jest.setTimeout(600_000);

const PASSWORD = /^[\w-]{32}\n$/;

let mlflow: MlflowWithUsers;
let folder: WorkFolder;

beforeEach(() => {
  folder = new WorkFolder();
});
afterEach(() => folder.remove());

const users = (line: string, input?: string): Promise<CommandOutcome> =>
  folder.tidegate(['users', ...line.split(' ')], { MLFLOW_DB_NAME: 'of somebody else' }, input);

function writeStack(services: Record<string, { url: string }>): void {
  mkdirSync(path.join(folder.path, '.tidegate'));
  writeFileSync(
    path.join(folder.path, '.tidegate/stack.json'),
    JSON.stringify({ services: { api: { url: 'http://127.0.0.1:1' }, ...services }, apiKey: 'tg_x' }),
  );
}

const stackOf = ({ url, postgresUrl }: MlflowWithUsers) => ({
  mlflow: { url },
  postgres: { url: postgresUrl },
});

describe('tidegate users --local', () => {
  beforeAll(async () => {
    mlflow = await MlflowWithUsers.start();
  }, 240_000);
  afterAll(() => mlflow?.stop());

  it('makes a user that logs in, grants, lists and deletes', async () => {
    writeStack(stackOf(mlflow));
    const id = await mlflow.createExperiment('fraud');

    const made = await users('create --local ann');
    expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(PASSWORD) as string });
    expect(made.stderr).toContain('"tidegate users grant --local ann experiment <name> READ"');
    expect(made.stderr).not.toContain(made.stdout.trim());
    const password = made.stdout.trim();
    expect(await mlflow.experimentsOf('ann', password)).toEqual([]);
    expect(await mlflow.experimentsOf('ann', `${password}x`)).toBeUndefined();

    expect(await users('grant --local ann experiment fraud READ')).toEqual({
      ...{ exitCode: 0, stderr: '', stdout: `ann: READ on experiment fraud (${id})\n` },
    });
    expect(await mlflow.experimentsOf('ann', password)).toEqual(['fraud']);
    expect((await users('list --local')).stdout).toBe(
      [
        'USER   ON                    PERMISSION',
        'admin  everything            administrator',
        `ann    experiment fraud (${id})  READ`,
        '',
      ].join('\n'),
    );
    expect(
      JSON.parse((await users('grant --local ann experiment fraud no_permissions --json')).stdout),
    ).toEqual({
      ...{ user: 'ann', type: 'experiment', resource: id, resourceName: 'fraud' },
      permission: 'NO_PERMISSIONS',
    });
    expect(await mlflow.experimentsOf('ann', password)).toEqual([]);

    expect(await users('delete --local ann')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Expected --yes') as string,
    });
    expect(await users('delete --local ann --yes')).toMatchObject({
      exitCode: 0,
      stdout: 'ann is deleted\n',
    });
    expect(JSON.parse((await users('list --local --json')).stdout)).toEqual([
      expect.objectContaining({ user: 'admin', isAdmin: true }),
    ]);
  });

  it('takes a password from standard input, and does not show it again', async () => {
    writeStack(stackOf(mlflow));
    const made = await users('create --local eve --admin --password-stdin --json', 'a pässword: of eve\n');
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(made.stdout)).toEqual({ user: 'eve', isAdmin: true });
    expect(await mlflow.experimentsOf('eve', 'a pässword: of eve')).toContain('Default');
    expect(await users('create --local eve')).toEqual({
      ...{ exitCode: 1, stdout: '' },
      stderr:
        "There is a user 'eve' already. Expected another name; for a new password, delete that user and make it again, with its permissions.\n",
    });
    expect(await users('create --local zoe --password-stdin', 'short\n')).toEqual({
      ...{ exitCode: 1, stdout: '' },
      stderr: 'The password on standard input has 5 characters: MLflow expects 12 or more.\n',
    });
    expect((await users('delete --local admin --yes')).stderr).toContain(
      'is the administrator that Tidegate',
    );
    expect((await users('grant --local nobody model m READ')).stderr).toContain("no user 'nobody'");
  });

  it('says what is missing', async () => {
    expect((await users('list --local')).stderr).toContain('The local stack does not run');
    writeStack({ mlflow: { url: 'http://127.0.0.1:1' }, postgres: { url: mlflow.postgresUrl } });
    expect((await users('list --local')).stderr).toContain('The local MLflow does not answer');
  });
});

describe('tidegate users --local, with --no-mlflow-auth', () => {
  it('says that there are no users', async () => {
    const open = await MlflowWithUsers.start(false);
    try {
      writeStack(stackOf(open));
      const { exitCode, stderr } = await users('list --local');
      expect(exitCode).toBe(1);
      expect(stderr).toBe(
        'The local MLflow knows no users: without a login it answers 200, expected 401. Start the stack without --no-mlflow-auth.\n',
      );
    } finally {
      await open.stop();
    }
  });
});
