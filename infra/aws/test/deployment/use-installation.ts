import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { ListSecretsCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { startAwsSimulator, type AwsSimulator } from '@tidegate/testing';
import { openAccount, type Account } from './account';
import { Deployment, type StackName } from './deployment';

const IN_LAYERS: readonly (readonly StackName[])[] = [['storage', 'foundation'], ['services']];

const DEPLOY_TIMEOUT_MS = 2_700_000;
const STOP_TIMEOUT_MS = 60_000;

export interface Installation {
  readonly environmentName: string;
  readonly prefix: string;
  readonly aws: AwsSimulator;
  readonly account: Account;
  readonly deployment: Deployment;
  /** Outputs of all stacks, by stack. */
  readonly outputs: Readonly<Record<string, Record<string, unknown>>>;
  /** What was put into the secrets: it must appear nowhere else. */
  readonly secretValues: readonly string[];
}

export interface InstallationOptions {
  environmentName: string;
  terraformEnvironment: NodeJS.ProcessEnv;
  /**
   * What each deployment names.
   * @default the layers one after the other, as `tidegate deploy` does
   */
  steps?: readonly (readonly StackName[])[];
  /** Makes what must be there before the first deployment and returns the changes to the environment. */
  prepare?: (account: Account, aws: AwsSimulator) => Promise<Record<string, unknown>>;
}

/**
 * Deploys an environment once for all tests of a `describe` and fills its secrets. The properties work inside hooks
 * and tests.
 */
export function useInstallation(options: InstallationOptions): Installation {
  let installed: Omit<Installation, 'environmentName'> | undefined;
  let failure: Error | undefined;
  let stop: (() => Promise<void>) | undefined;
  const ready = (): Omit<Installation, 'environmentName'> => {
    if (installed === undefined) throw new Error('Nothing is deployed: the first test of the file says why.');
    return installed;
  };
  beforeAll(async () => {
    const aws = await startAwsSimulator();
    stop = () => aws.stop();
    try {
      installed = await install(options, aws);
    } catch (error) {
      failure = error as Error;
    }
  }, DEPLOY_TIMEOUT_MS);
  it('is deployed', () => {
    // Told once, not by every test. The folder with the logs stays.
    if (failure !== undefined) throw failure;
  });
  afterAll(async () => {
    await stop?.();
    installed?.deployment.remove();
  }, STOP_TIMEOUT_MS);
  return {
    environmentName: options.environmentName,
    get prefix() {
      return ready().prefix;
    },
    get aws() {
      return ready().aws;
    },
    get account() {
      return ready().account;
    },
    get deployment() {
      return ready().deployment;
    },
    get outputs() {
      return ready().outputs;
    },
    get secretValues() {
      return ready().secretValues;
    },
  };
}

async function install(
  { environmentName, terraformEnvironment, prepare, steps = IN_LAYERS }: InstallationOptions,
  aws: AwsSimulator,
): Promise<Omit<Installation, 'environmentName'>> {
  const account = openAccount(aws);
  const changes = (await prepare?.(account, aws)) ?? {};
  const deployment = new Deployment({ environmentName, changes, aws, terraformEnvironment });
  const prefix = `tidegate-${environmentName}`;
  let outputs = {};
  let secretValues: string[] = [];
  for (const stacks of steps) {
    outputs = { ...outputs, ...(await deployment.deploy(...stacks)) };
    if (stacks.includes('foundation')) secretValues = await fillSecrets(account, prefix);
  }
  return { prefix, aws, account, deployment, outputs, secretValues };
}

/** A versioned bucket for Terraform's state, which an environment needs before its first deployment. */
export async function makeStateBucket({ s3 }: Account, aws: AwsSimulator, Bucket: string): Promise<void> {
  const LocationConstraint = aws.region as 'eu-west-2';
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
}

/** What the set-up program does, with values that are easily found again. */
async function fillSecrets({ secrets }: Account, prefix: string): Promise<string[]> {
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
  const own = SecretList.filter(({ Name = '' }) => Name.startsWith(`${prefix}/`));
  return Promise.all(
    own.map(async ({ Name }) => {
      const value = `value-of-${Name}`;
      await secrets.send(
        new PutSecretValueCommand({ SecretId: Name, SecretString: JSON.stringify({ any: value }) }),
      );
      return value;
    }),
  );
}
