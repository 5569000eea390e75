import {
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import {
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { useAwsSimulator, isOnBuildServer } from '@tidegate/testing';
import { deployDev, prepareInfra, whatTerraformLacks } from './deployed-installation';
import { WorkFolder, type CommandOutcome } from './tidegate-command';

const DEPLOY_TIMEOUT_MS = 2_700_000;
jest.setTimeout(600_000);

const missing = whatTerraformLacks();
if (missing !== undefined && isOnBuildServer()) throw new Error(missing);
const describeDeployed = missing === undefined ? describe : describe.skip;

describeDeployed('infra/aws, not deployed', () => {
  const aws = useAwsSimulator();
  let folder: WorkFolder;

  beforeEach(() => {
    folder = new WorkFolder();
  });
  afterEach(() => folder.remove());

  it('has nothing to compare', async () => {
    const { exitCode, stdout, stderr } = await folder.tidegate(
      ['drift', 'dev'],
      prepareInfra(folder.path, aws),
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(
      'dev-storage is not deployed, as far as its state says: there is nothing to compare. Expected a deployed environment',
    );
  });
});

describeDeployed(`infra/aws, deployed${missing === undefined ? '' : `: ${missing}`}`, () => {
  const aws = useAwsSimulator();
  let folder: WorkFolder;
  let variables: Readonly<Record<string, string>>;

  beforeAll(async () => {
    folder = new WorkFolder();
    variables = prepareInfra(folder.path, aws);
    await deployDev(folder.path, variables);
  }, DEPLOY_TIMEOUT_MS);
  afterAll(() => folder.remove());

  const tidegate = (line: string): Promise<CommandOutcome> => folder.tidegate(line.split(' '), variables);

  async function fillSecrets(): Promise<void> {
    const secrets = new SecretsManagerClient(aws.sdk);
    const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
    for (const { Name } of SecretList)
      await secrets.send(new PutSecretValueCommand({ SecretId: Name, SecretString: '{"any":"value"}' }));
  }

  /** What somebody does by hand in the console. */
  async function closeDatabaseTo(service: string): Promise<void> {
    const ec2 = new EC2Client(aws.sdk);
    const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({}));
    const rule = SecurityGroupRules.find(
      ({ IsEgress, Description }) => IsEgress === false && Description === `${service} to database`,
    );
    await ec2.send(
      new RevokeSecurityGroupIngressCommand({
        GroupId: rule?.GroupId,
        SecurityGroupRuleIds: [rule?.SecurityGroupRuleId ?? ''],
      }),
    );
  }

  it('is healthy by its status', async () => {
    const { exitCode, stdout, stderr } = await tidegate('status dev --json');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(/^Looking at .+\n$/) as string,
    });
    const { services } = JSON.parse(stdout) as { services: object[] };
    expect(services).toMatchObject(
      ['api', 'inference', 'logging', 'mlflow'].map((name) => ({
        name,
        state: 'healthy',
        desired: 1,
        running: 1,
      })),
    );
  });

  it('has no task for MLflow’s users before it is set up', async () => {
    const { exitCode, stderr } = await tidegate('users list dev');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(
        /tidegate-dev-setup:1 has no images yet\. Expected "tidegate setup dev"/,
      ) as string,
    });
  });

  it('is not ready before its secrets are filled, and then nothing is wrong with any service', async () => {
    const empty = await tidegate('diagnose dev api');
    expect(empty.stdout).toContain('LIKELY CAUSE  A secret has no value yet. [secret-empty]\n');
    expect(empty.exitCode).toBe(2);
    await fillSecrets();
    for (const service of ['api', 'inference', 'logging', 'mlflow']) {
      const { exitCode, stdout } = await tidegate(`diagnose dev ${service}`);
      expect(stdout).toBe(
        `tidegate-dev ${service}: healthy\n\nNothing is wrong with it, as far as can be seen from here.\n`,
      );
      expect(exitCode).toBe(0);
    }
  });

  it('has no drift, until somebody changes something by hand: then it says what, and which cause it is', async () => {
    const before = await tidegate('drift dev');
    expect(before.stdout).toBe('dev-storage: no drift\ndev-foundation: no drift\ndev-services: no drift\n');
    expect(before.exitCode).toBe(0);

    expect((await tidegate('scale dev mlflow 3 --yes')).exitCode).toBe(0);
    await closeDatabaseTo('api');
    const after = await tidegate('drift dev');
    expect(after.exitCode).toBe(2);
    expect(after.stdout).toContain(
      'dev-foundation: no drift\ndev-services: 2 differences; the next deployment takes them back\n',
    );
    expect(after.stdout).toMatch(/ {2}aws_ecs_service\.mlflow\S* is changed\n {4}desired_count: 3 -> 1\n/);
    expect(after.stdout).toMatch(/ {2}aws_vpc_security_group_ingress_rule\.\S*api\S*database\S* is gone\n/);

    const { causes } = JSON.parse((await tidegate('diagnose dev api --json')).stdout) as { causes: object[] };
    expect(causes).toMatchObject([{ id: 'security-group-database' }]);
  });

  it('has no other environment to compare', async () => {
    const { exitCode, stdout, stderr } = await tidegate('drift qa');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('"cdktf synth" failed');
    expect(stderr).toMatch(/qa/);
  });
});
