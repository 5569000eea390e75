import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { findFreePort } from '@tidegate/local-parts';
import { runPython, trackingEnvironment, useAwsSimulator, useTestPostgres } from '@tidegate/testing';
import { createMlflowDatabases } from '../src/mlflow-databases';
import { hashOf } from '../src/password-hash';
import { BUILD_TIMEOUT_MS, buildImage, startContainer, type Container } from './containers';
import { inspectImage, secretFiles, writableFiles, type InspectedImage } from './inspected-image';

jest.setTimeout(300_000);

const BASE = 'public.ecr.aws/docker/library/python:3.11-slim';
const TAG = 'localhost/tidegate-test-mlflow';
const MOST_MEGABYTES = 400;

const ROUND_TRIP = `
import mlflow, pathlib, tempfile
experiment = mlflow.set_experiment("round-trip")
with mlflow.start_run() as run:
    mlflow.log_metric("accuracy", 0.97)
    mlflow.log_text("kept in S3", "notes/note.txt")
folder = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="notes/note.txt")
print(pathlib.Path(folder).read_text(), mlflow.get_run(run.info.run_id).data.metrics["accuracy"], run.info.artifact_uri)
`;

const postgres = useTestPostgres();
const aws = useAwsSimulator();
const secrets = ['admin', 'flask', 'user'].map((use) => `${use}-%$'@${randomBytes(12).toString('hex')}`);
const [adminPassword, flaskSecretKey, userPassword] = secrets as [string, string, string];

let environment: Record<string, string>;
let databasePassword: string;
let image: InspectedImage;
let container: Container;
let url: string;

beforeAll(async () => {
  await buildImage(TAG, ['-f', 'infra/images/mlflow/Dockerfile']);
  image = await inspectImage(TAG, BASE);
  const location = { LocationConstraint: 'eu-west-2' } as const;
  await new S3Client(aws.sdk).send(
    new CreateBucketCommand({ Bucket: 'models', CreateBucketConfiguration: location }),
  );
  const databases = await createMlflowDatabases(postgres.adminUrl);
  databasePassword = databases.password;
  const port = await findFreePort();
  url = `http://127.0.0.1:${port}`;
  environment = {
    ...databases.environment,
    ...aws.environment,
    MLFLOW_HOST: '127.0.0.1',
    MLFLOW_PORT: String(port),
    MLFLOW_ARTIFACTS_DESTINATION: 's3://models/artifacts',
    MLFLOW_ALLOWED_HOSTS: 'mlflow.tidegate-dev.local,mlflow.example.com',
    MLFLOW_ADMIN_USERNAME: 'admin',
    MLFLOW_ADMIN_PASSWORD: adminPassword,
    MLFLOW_FLASK_SECRET_KEY: flaskSecretKey,
  };
}, BUILD_TIMEOUT_MS);

it('starts no server before the schema is there, and makes it with the command upgrade', async () => {
  const early = await startContainer(TAG, 'mlflow-early', environment).ended;
  expect(early.exitCode).toBe(1);
  expect(early.stdout).toMatch(/no schema revision, MLflow 3\S+ needs \w+\. .*command `upgrade`/s);

  const upgrade = await startContainer(TAG, 'mlflow-upgrade', environment, ['upgrade']).ended;
  expect(upgrade.stdout).toMatch(/mlflow_db_\w+: no schema revision → \w+\n.*mlflow_auth_db_\w+: no schema/s);
  expect(upgrade.exitCode).toBe(0);
  expect(upgrade.stdout).not.toContain(databasePassword);
});

describe('the running server', () => {
  const admin = { username: 'admin', password: adminPassword };

  function call(
    route: string,
    login?: { username: string; password: string },
    body?: unknown,
  ): Promise<Response> {
    const credentials = Buffer.from(`${login?.username}:${login?.password}`).toString('base64');
    return fetch(`${url}/api/2.0/mlflow/${route}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': 'application/json',
        ...(login === undefined ? {} : { authorization: `Basic ${credentials}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  beforeAll(async () => {
    container = startContainer(TAG, 'mlflow', environment);
    await container.untilHealthy();
  });
  afterAll(() => container.stop());

  it('requires a login', async () => {
    const search = { max_results: 1 };
    expect((await call('experiments/search', undefined, search)).status).toBe(401);
    expect((await call('experiments/search', { ...admin, password: 'wrong' }, search)).status).toBe(401);
    expect((await call('experiments/search', admin, search)).status).toBe(200);
  });

  it('stores runs in PostgreSQL and artifacts in S3, which clients need no access to', async () => {
    const output = await runPython(ROUND_TRIP, [], trackingEnvironment({ url, ...admin }));
    expect(output).toMatch(/kept in S3 0\.97 mlflow-artifacts:\//);
    const { Contents = [] } = await new S3Client(aws.sdk).send(
      new ListObjectsV2Command({ Bucket: 'models' }),
    );
    expect(Contents.map(({ Key }) => Key)).toEqual([
      expect.stringMatching(/^artifacts\/\d+\/\w+\/artifacts\/notes\/note\.txt$/),
    ]);
  });

  it('shows a new user nothing that was not granted', async () => {
    const user = { username: 'ada', password: userPassword };
    expect((await call('users/create', admin, user)).status).toBe(200);
    const mine = 'experiments/get-by-name?experiment_name=round-trip';
    expect((await call(mine, admin)).status).toBe(200);
    expect((await call(mine, user)).status).toBe(403);
  });

  it('has a command that makes users, for the running server too', async () => {
    const user = { username: 'eve', password: 'a password of eve' };
    const password_hash = hashOf(user.password);
    const request = { action: 'create', name: user.username, password_hash, is_admin: false };
    const variables = { ...environment, MLFLOW_USERS_REQUEST: JSON.stringify(request) };
    const { exitCode, stdout } = await startContainer(TAG, 'mlflow-users', variables, ['users']).ended;
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringContaining('{"record": "outcome", "code": "created"') as string,
    });
    expect(stdout).not.toContain('scrypt:');
    expect((await call('experiments/search', user, { max_results: 1 })).status).toBe(200);
  });

  it('answers under the allowed names only, with and without a port', async () => {
    const statusAs = async (host: string): Promise<string> => {
      const script = [
        'import http.client, sys',
        `connection = http.client.HTTPConnection("127.0.0.1", ${new URL(url).port})`,
        `connection.request("GET", "/api/2.0/mlflow/experiments/get?experiment_id=0", headers={"Host": "${host}"})`,
        'print(connection.getresponse().status)',
      ];
      return (await runPython(script.join('\n'))).trim();
    };
    expect(await statusAs('mlflow.tidegate-dev.local:5000')).toBe('401');
    expect(await statusAs('mlflow.example.com')).toBe('401');
    expect(await statusAs('attacker.example')).toBe('403');
  });

  it('is not root, cannot gain rights and can write to /tmp only', async () => {
    const { stdout: status } = await container.exec('cat', '/proc/1/status');
    expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect((await container.exec('touch', '/app/x')).stderr).toContain('Read-only file system');
    expect(image.config.User).toBe('1000:1000');
    expect(writableFiles(image)).toEqual([]);
  });

  it('keeps its users’ configuration to itself and secrets out of arguments', async () => {
    const { stdout: found } = await container.exec(
      'find',
      '/tmp',
      '-name',
      'basic_auth.ini',
      '-printf',
      '%m %p',
    );
    expect(found).toMatch(/^600 \/tmp\/mlflow-\w+\/basic_auth\.ini$/);
    const { stdout: ini } = await container.exec('cat', found.split(' ')[1] ?? '');
    expect(ini).toMatch(/^default_permission = NO_PERMISSIONS$/m);
    const { stdout: argumentsOfAll } = await container.exec('sh', '-c', 'cat /proc/[0-9]*/cmdline');
    expect(argumentsOfAll).toContain('uvicorn');
    for (const secret of [...secrets, databasePassword, encodeURIComponent(databasePassword)])
      expect(argumentsOfAll).not.toContain(secret);
  });

  it('has a health check that fails when nothing answers', async () => {
    const check = await container.exec('env', 'MLFLOW_PORT=1', 'python', '/app/health_check.py');
    expect(check).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('expected 200') as string });
  });

  it('stops cleanly at SIGTERM and has printed no secret', async () => {
    const { exitCode, stdout } = await container.stop();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Application startup complete');
    for (const secret of [...secrets, databasePassword, encodeURIComponent(databasePassword)])
      expect(stdout).not.toContain(secret);
  });
});

it('holds no secret and nothing for training, and is small', () => {
  expect(secretFiles(image)).toEqual([]);
  const packages = image.files.map(({ path }) => /site-packages\/([^/]+)\//.exec(path)?.[1]);
  expect(packages).toEqual(expect.arrayContaining(['mlflow', 'uvloop', 'boto3']));
  for (const name of ['pip', 'sklearn', 'scipy', 'pyarrow', 'matplotlib', 'docker'])
    expect(packages).not.toContain(name);
  process.stderr.write(`mlflow: ${image.addedMegabytes.toFixed(1)} MB over the base image\n`);
  expect(image.addedMegabytes).toBeLessThan(MOST_MEGABYTES);
});
