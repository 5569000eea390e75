import { DescribeTaskDefinitionCommand, DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Installation } from '../deployment/use-installation';
import { readServices } from '../reading/running-services';
import { readRoutes } from './edge';

const COMMAND_TIMEOUT_MS = 1_800_000;
const CLIENT_SECRET = 'secret-of-the-oidc-client';

/** A later deployment: new images, and MLflow's pages behind an OIDC provider. */
export function expectNextRelease(installed: Installation): void {
  let revisionsBefore: string[];

  beforeAll(async () => {
    const { account, deployment, prefix } = installed;
    revisionsBefore = await readRevisions(installed);
    const zone = new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'test' });
    const zoneId = (await account.dns.send(zone)).HostedZone?.Id?.replace('/hostedzone/', '');
    const idp = 'https://idp.example.com';
    const mlflowUi = {
      kind: 'oidc',
      issuer: idp,
      authorizationEndpoint: `${idp}/authorize`,
      tokenEndpoint: `${idp}/token`,
      userInfoEndpoint: `${idp}/userinfo`,
      clientId: 'tidegate',
    };
    deployment.change({
      edge: { domain: { name: 'ml.example.com', zoneName: 'example.com', zoneId }, mlflowUi },
    });
    deployment.writeImages('2');
    await deployment.deploy('foundation');
    // The one secret that a person fills.
    const SecretString = JSON.stringify({ client_secret: CLIENT_SECRET });
    await account.secrets.send(new PutSecretValueCommand({ SecretId: `${prefix}/oidc`, SecretString }));
    await deployment.deploy('services');
  }, COMMAND_TIMEOUT_MS);

  it('runs the new images, and keeps the revisions before to go back to', async () => {
    for (const { container } of await readServices(installed.account)) {
      expect(container.image).toMatch(/@sha256:2{64}$/);
    }
    const running = await readRevisions(installed);
    expect(running.filter((arn) => revisionsBefore.includes(arn))).toEqual([]);
    const { ecs } = installed.account;
    for (const taskDefinition of revisionsBefore) {
      const before = (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition;
      expect(before?.status).toBe('ACTIVE');
      expect(before?.containerDefinitions?.[0]?.image).toMatch(/@sha256:1{64}$/);
    }
  });

  it('A9: shows MLflow’s pages on a host of their own after a login at the provider, over HTTPS', async () => {
    expect(await readRoutes(installed)).toEqual([
      '80 default -> HTTP_301 to HTTPS 443',
      '443 path /api/*,/health -> api',
      '443 host mlflow.ml.example.com -> login at https://idp.example.com, mlflow',
      '443 default -> 404',
    ]);
  });

  it('A6: has the secret of the provider neither in state nor in code', async () => {
    for (const stack of ['foundation', 'services'] as const) {
      expect((await installed.deployment.state(stack)).includes(CLIENT_SECRET)).toBe(false);
      expect(installed.deployment.synthesized(stack).includes(CLIENT_SECRET)).toBe(false);
    }
  });
}

/** Task definitions of the running tasks. */
async function readRevisions({ account: { ecs }, prefix: cluster }: Installation): Promise<string[]> {
  const { taskArns: tasks = [] } = await ecs.send(new ListTasksCommand({ cluster }));
  const described = await ecs.send(new DescribeTasksCommand({ cluster, tasks }));
  return (described.tasks ?? []).map(({ taskDefinitionArn = '' }) => taskDefinitionArn);
}
