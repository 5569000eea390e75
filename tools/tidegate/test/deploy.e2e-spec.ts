import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  isOnBuildServer,
  startSystem,
  useAwsSimulator,
  workspaceRoot,
  type RunningSystem,
} from '@tidegate/testing';
import { IMAGES, type Image } from '../src/images/image-builds';
import { prepareInfra, whatTerraformLacks } from './deployed-installation';
import { ImageRegistry } from './image-registry';
import { offeredPostgres } from './offered-postgres';
import { SimulatedTasks, type TaskEnd } from './simulated-tasks';
import { TaskLogs } from './task-logs';
import { WorkFolder, type CommandOutcome } from './tidegate-command';

const START_TIMEOUT_MS = 300_000;
/** All images are built, the first time with their base images. */
const DEPLOY_TIMEOUT_MS = 3_600_000;
jest.setTimeout(DEPLOY_TIMEOUT_MS);

const missing = whatTerraformLacks();
if (missing !== undefined && isOnBuildServer()) throw new Error(missing);
const isPossible = missing === undefined && isOnBuildServer();
const describeDeployment = isPossible ? describe : describe.skip;

const ended = (setup: number, schema?: number): TaskEnd => ({
  stoppedReason: 'Essential container in task exited',
  containers: [
    { name: 'setup', exitCode: setup },
    { name: 'mlflow-schema', ...(schema !== undefined && { exitCode: schema }) },
  ],
});

describeDeployment('tidegate deploy and destroy', () => {
  const simulator = useAwsSimulator();
  let folder: WorkFolder;
  let tasks: SimulatedTasks;
  let registry: ImageRegistry;
  let system: RunningSystem;
  let variables: Readonly<Record<string, string>>;

  beforeAll(async () => {
    folder = new WorkFolder();
    tasks = await SimulatedTasks.start(simulator.url);
    new TaskLogs(new ECSClient(simulator.sdk), new CloudWatchLogsClient(simulator.sdk)).writeWhenListed(
      tasks.aws,
    );
    registry = await ImageRegistry.start();
    system = await startSystem({ hasModel: true });
    tasks.aws.reply('DescribeDBEngineVersions', offeredPostgres('15.12'));
    // The simulator's load balancer forwards nothing: what it would forward to is running here.
    const { host } = new URL(system.urls.API_URL);
    for (const operation of ['CreateLoadBalancer', 'DescribeLoadBalancers'])
      tasks.aws.alterText(operation, (answer) => answer.replace(/<DNSName>[^<]*/g, `<DNSName>${host}`));
    variables = {
      ...prepareInfra(folder.path, simulator),
      AWS_ENDPOINT_URL: tasks.url,
      TIDEGATE_API_KEY: system.adminKey,
    };
    rmSync(path.join(folder.path, 'infra/aws/images.dev.tfvars.json'));
    symlinkSync(path.join(workspaceRoot, 'node_modules'), path.join(folder.path, 'node_modules'));
    folder.addDocker('docker-of-kit.cjs', registry.host, workspaceRoot);
    folder.commit();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await system.remove();
    await registry.stop();
    tasks.stop();
    folder.remove();
  }, START_TIMEOUT_MS);

  const tidegate = (line: string): Promise<CommandOutcome> => folder.tidegate(line.split(' '), variables);
  const release = (): Record<Image, string> =>
    (
      JSON.parse(readFileSync(path.join(folder.path, 'infra/aws/images.dev.tfvars.json'), 'utf8')) as {
        images: Record<Image, string>;
      }
    ).images;

  it('shows the plan, and changes nothing without a yes where nobody can be asked', async () => {
    const { exitCode, stdout, stderr } = await tidegate('deploy dev');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/dev-storage: \d+ to add\n/) as string,
    });
    expect(stdout).toContain('ok             RDS offers PostgreSQL 15 in eu-west-2\n');
    expect(stderr).toMatch(/\n {2}\+ aws_s3_bucket \(2\)\n/);
    expect(stderr).toContain(
      'Stopped at storage. When that is mended, "tidegate deploy dev" goes on there:\n',
    );
    expect(stderr).toContain('Nothing was changed: there is no terminal to ask at. Expected --yes');
    const { Buckets = [] } = await new S3Client({ ...simulator.sdk, forcePathStyle: true }).send(
      new ListBucketsCommand({}),
    );
    expect(Buckets).toEqual([]);
  });

  it('stops at the doctor without credentials', async () => {
    const { exitCode, stdout, stderr } = await folder.tidegate(['deploy', 'dev', '--yes'], {
      ...variables,
      ...{ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^(not looked at|PROBLEM) +the credentials are valid, and of the right account\n/m,
    );
    expect(stderr).toContain('Stopped at doctor.');
    expect(stderr).toContain('The doctor found what would go wrong. Mend it, or go on with --ignore-doctor.');
  });

  it('stops at the step that fails: the ground and the images are there, the services are not', async () => {
    tasks.end = ended(1);
    const { exitCode, stderr } = await tidegate('deploy dev --yes');
    expect(stderr).toMatch(
      /Stopped at setup\..*\nThe set-up failed: setup ended with exit code 1; mlflow-schema did not run/,
    );
    expect(exitCode).toBe(1);
    expect(Object.keys(release())).toEqual(IMAGES);
    for (const [name, image] of Object.entries(release())) {
      const [, repository = '', digest = ''] = /^[^/]+\/(.+)@(.+)$/.exec(image) ?? [];
      expect(repository).toBe(`tidegate-dev/${name}`);
      const { config, layerBytes } = await registry.image(repository, digest);
      expect(config.architecture).toBe('amd64');
      expect(config.config.User).toMatch(/^\d+:\d+$/);
      expect(layerBytes.length).toBeGreaterThan(1);
    }
    expect(existsSync(path.join(folder.path, 'infra/aws/outputs.dev.json'))).toBe(false);
  });

  it('goes on there: nothing is built or changed twice, and what runs is verified', async () => {
    tasks.end = ended(0, 0);
    const calls = folder.dockerCalls().length;
    const { exitCode, stdout, stderr } = await tidegate('deploy dev --yes --json');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining('[8/8] verify\n') as string,
    });
    expect(JSON.parse(stdout)).toEqual({
      environment: 'dev',
      steps: [
        { step: 'doctor', detail: 'nothing found' },
        { step: 'storage', detail: 'nothing to change' },
        { step: 'foundation', detail: 'nothing to change' },
        { step: 'images', detail: 'all in the registry' },
        { step: 'setup', detail: 'secrets, databases and schemas are there' },
        { step: 'services', detail: expect.stringMatching(/^\d+ resources$/) as string },
        { step: 'tasks', detail: 'all run' },
        { step: 'verify', detail: 'all is as it must be' },
      ],
    });
    expect(folder.dockerCalls()).toHaveLength(calls);
    const ecs = new ECSClient(simulator.sdk);
    const services = ['api', 'inference', 'logging', 'mlflow'] as const;
    const { services: running = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster: 'tidegate-dev', services: [...services] }),
    );
    for (const { serviceName, taskDefinition } of running) {
      const described = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
      expect(described.taskDefinition?.containerDefinitions?.[0]?.image).toBe(
        release()[serviceName as Image],
      );
    }
    expect(running).toHaveLength(services.length);
    expect(readFileSync(path.join(folder.path, 'infra/aws/outputs.dev.json'), 'utf8')).toContain(
      `"api_url": "${system.urls.API_URL}"`,
    );
  });

  it('verifies without a key all that needs none', async () => {
    const { exitCode, stdout } = await folder.tidegate(['deploy', 'dev', '--from', 'verify'], {
      ...variables,
      TIDEGATE_API_KEY: '',
    });
    expect(stdout).toMatch(/^passed +MLflow +experiments and artifacts can be used/m);
    expect(stdout).toMatch(/^passed +gateway +a call without a key is refused: 401, "API key required"/m);
    expect(stdout).toMatch(/^skipped +gateway +experiments can be searched with the key/m);
    expect(stdout).toMatch(/^passed +log of inference/m);
    expect(stdout).toMatch(/\nverify: what needs no key is as it must be\n$/);
    expect(exitCode).toBe(0);
  });

  it('ends with 2 when the verification finds something', async () => {
    await system.parts.logging.stop();
    try {
      const { exitCode, stdout } = await tidegate('deploy dev --from verify');
      expect(stdout).toMatch(/logging: expected that .*\n/);
      expect(stdout).toMatch(/\nverify: not all is as it must be\n$/);
      expect(exitCode).toBe(2);
    } finally {
      await system.parts.logging.start();
    }
  });

  it('destroy says what is lost and what stays, and wants the name', async () => {
    const other = await tidegate('destroy dev --confirm production');
    expect(other).toMatchObject({ exitCode: 1, stdout: '' });
    expect(other.stderr).toBe('Nothing was destroyed: --confirm is "production", expected "dev".\n');
    const { exitCode, stdout, stderr } = await tidegate('destroy dev');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/dev-services: \d+ to destroy\n/);
    expect(stderr).toMatch(/\n {2}LOST: the database with its backups: .*\n/);
    expect(stderr).toContain('\nStays: the artifact bucket');
    expect(stderr).toContain(
      'Nothing was destroyed: there is no terminal to ask at. Expected --confirm dev.',
    );
  });

  it('destroy ends services and foundation, and the artifacts stay', async () => {
    const s3 = new S3Client({ ...simulator.sdk, forcePathStyle: true });
    const artifact = { Bucket: `tidegate-dev-artifacts-${simulator.accountId}`, Key: 'models/kept.txt' };
    await s3.send(new PutObjectCommand({ ...artifact, Body: 'a model' }));

    const { exitCode, stdout } = await tidegate('destroy dev --confirm dev --json');

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      environment: 'dev',
      destroyed: [{ stack: 'dev-services' }, { stack: 'dev-foundation' }],
    });
    const { DBInstances } = await new RDSClient(simulator.sdk).send(new DescribeDBInstancesCommand({}));
    expect(DBInstances).toEqual([]);
    const { Body } = await s3.send(new GetObjectCommand(artifact));
    expect(await Body?.transformToString()).toBe('a model');

    expect(existsSync(path.join(folder.path, 'infra/aws/outputs.dev.json'))).toBe(false);
    const again = await tidegate('destroy dev --confirm dev');
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain('Nothing of dev is deployed, as far as its state says');
  });
});
