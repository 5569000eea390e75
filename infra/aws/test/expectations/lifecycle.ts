import { DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import { DescribeLoadBalancersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { StackName } from '../deployment/deployment';
import type { Installation } from '../deployment/use-installation';
import { readServices } from '../reading/running-services';
import { SIMULATOR_GAPS } from '../simulator-gaps';

const COMMAND_TIMEOUT_MS = 1_800_000;
const STACKS: readonly StackName[] = ['storage', 'foundation', 'services'];

/** A deployment done twice changes nothing. */
export function expectNoDrift(installed: Installation): void {
  it.each(STACKS)(
    'shows no difference in a second plan of %s but the known gaps of the simulator',
    async (stack) => {
      expect(await installed.deployment.planDifferences(stack)).toEqual(
        gapsOf(`${installed.environmentName}-${stack}`),
      );
    },
    COMMAND_TIMEOUT_MS,
  );
}

/** What a pull request shows of an installation that is as its code says. */
export function expectPlanForPullRequest(installed: Installation): void {
  it(
    'writes for a pull request what would change in each stack',
    async () => {
      const summary = await installed.deployment.planSummary('storage', 'foundation');
      expect(summary.match(/<summary>.*<\/summary>/g)).toEqual([
        `<summary><b>${installed.environmentName}-storage</b>: No changes.</summary>`,
        `<summary><b>${installed.environmentName}-foundation</b>: No changes.</summary>`,
      ]);
    },
    COMMAND_TIMEOUT_MS,
  );
}

/** What is secret is in Secrets Manager and nowhere else. */
export function expectNoSecretsAround(installed: Installation): void {
  it.each(STACKS)('A6: has no secret value in the state or the code of %s', async (stack) => {
    const { deployment, secretValues } = installed;
    expect(secretValues.length).toBeGreaterThan(6);
    const texts = [await deployment.state(stack), deployment.synthesized(stack)];
    expect(texts[0]).toContain('"resources"');
    for (const value of secretValues) for (const text of texts) expect(text.includes(value)).toBe(false);
  });

  it('A6: has no secret value in an output', () => {
    const outputs = JSON.stringify(installed.outputs);
    for (const value of installed.secretValues) expect(outputs.includes(value)).toBe(false);
  });
}

/** Destroying one layer leaves the ones below it whole. */
export function expectLayersToBeDestroyedAlone(installed: Installation): void {
  it(
    'destroys the services and leaves the foundation whole',
    async () => {
      const { account, deployment, prefix } = installed;
      await deployment.destroy('services');
      expect((await readServices(account)).map(({ name }) => name)).toEqual([]);
      const { LoadBalancers = [] } = await account.loadBalancing.send(new DescribeLoadBalancersCommand({}));
      expect(LoadBalancers).toEqual([]);
      const { DBInstances = [] } = await account.rds.send(new DescribeDBInstancesCommand({}));
      expect(DBInstances.map(({ DBInstanceStatus }) => DBInstanceStatus)).toEqual(['available']);
      const { repositories = [] } = await account.ecr.send(new DescribeRepositoriesCommand({}));
      expect(repositories).toHaveLength(5);
      const { clusters = [] } = await account.ecs.send(new DescribeClustersCommand({ clusters: [prefix] }));
      expect(clusters.map(({ status }) => status)).toEqual(['ACTIVE']);
      const SecretId = `${prefix}/database/mlflow`;
      const { SecretString = '' } = await account.secrets.send(new GetSecretValueCommand({ SecretId }));
      expect(installed.secretValues.some((value) => SecretString.includes(value))).toBe(true);
      const differences = await deployment.planDifferences('foundation');
      expect(differences.filter((difference) => difference.startsWith('create'))).toEqual([]);
    },
    COMMAND_TIMEOUT_MS,
  );

  it(
    'destroys the foundation and leaves the artifacts whole',
    async () => {
      const { account, aws, deployment, prefix } = installed;
      const artifact = { Bucket: `${prefix}-artifacts-${aws.accountId}`, Key: 'models/kept.txt' };
      await account.s3.send(new PutObjectCommand({ ...artifact, Body: 'a model' }));
      await deployment.destroy('foundation');
      const { DBInstances = [] } = await account.rds.send(new DescribeDBInstancesCommand({}));
      expect(DBInstances).toEqual([]);
      const { Body } = await account.s3.send(new GetObjectCommand(artifact));
      expect(await Body?.transformToString()).toBe('a model');
    },
    COMMAND_TIMEOUT_MS,
  );
}

/** What a plan of this stack shows against the simulator. */
function gapsOf(stackName: string): string[] {
  const gaps = SIMULATOR_GAPS.filter(({ stacks }) => stacks.includes(stackName));
  return gaps.map(({ difference }) => difference).sort();
}
