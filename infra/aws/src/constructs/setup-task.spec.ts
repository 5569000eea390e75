import { synthesizeBase } from '../../test/synthesized-base';

const { foundation } = synthesizeBase('production');
const task = foundation.one('aws_ecs_task_definition', { family: 'tidegate-production-setup' });

interface Container {
  readonly name: string;
  readonly essential: boolean;
  readonly command?: readonly string[];
  readonly dependsOn?: readonly object[];
  readonly environment: readonly { readonly name: string; readonly value: string }[];
}
const containers = JSON.parse(String(task['container_definitions'])) as Container[];

function settingsOf(name: string): Record<string, string> {
  const environment = containers.find((container) => container.name === name)?.environment ?? [];
  return Object.fromEntries(environment.map((it) => [it.name, it.value]));
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: string | string[];
}

function statementsOf(policyName: string): Statement[] {
  const { policy } = foundation.one('aws_iam_role_policy', { name: policyName });
  return (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement;
}

describe('the set-up task', () => {
  it('runs our set-up first, and the upgrade of MLflow only after its success', () => {
    expect(containers).toMatchObject([
      { name: 'setup', essential: false },
      {
        name: 'mlflow-schema',
        essential: true,
        command: ['upgrade'],
        dependsOn: [{ containerName: 'setup', condition: 'SUCCESS' }],
      },
    ]);
  });

  it('gives both a server without a port in its name, and certificates to verify it with (A14)', () => {
    const [setup, schema] = [settingsOf('setup'), settingsOf('mlflow-schema')];
    expect(setup).toMatchObject({ DATABASE_PORT: '5432', DATABASE_CA_FILE: '/app/rds-ca.pem' });
    expect(schema).toMatchObject({ MLFLOW_DB_PORT: '5432', MLFLOW_DB_CA_FILE: '/app/rds-ca.pem' });
    for (const host of [setup['DATABASE_HOST'], schema['MLFLOW_DB_HOST']])
      expect(host).toMatch(/^\$\{aws_db_instance\.\w+\.address\}$/);
  });

  it('hands over no secret: the containers fetch what is filled only while they run', () => {
    for (const container of containers) expect(container).not.toHaveProperty('secrets');
    expect(settingsOf('setup')['MASTER_SECRET_ARN']).toMatch(/master_user_secret\[0\]\.secret_arn\}$/);
    expect(settingsOf('mlflow-schema')['MLFLOW_DB_SECRET_ARN']).toMatch(/database-mlflow.*\.arn\}$/);
  });

  it('can change nothing but /tmp, and has no privilege', () => {
    for (const container of containers)
      expect(container).toMatchObject({
        user: '1000:1000',
        readonlyRootFilesystem: true,
        privileged: false,
        linuxParameters: { capabilities: { drop: ['ALL'] } },
        mountPoints: [{ containerPath: '/tmp', sourceVolume: `tmp-${container.name}` }],
      });
    expect(task['volume']).toEqual([{ name: 'tmp-setup' }, { name: 'tmp-mlflow-schema' }]);
  });

  it('says by its tags where it runs, so that `tidegate setup` needs no state of Terraform', () => {
    expect(task['tags']).toEqual({
      'tidegate:subnets': expect.stringMatching(/^\$\{\S*private-1\S*\} \$\{\S*private-2\S*\}$/) as string,
      'tidegate:security-groups': expect.stringMatching(/^\$\{aws_security_group\.setup\S*\.id\}$/) as string,
      'tidegate:assign-public-ip': 'DISABLED',
    });
  });

  it('reads the master password, fills the secrets, and may do nothing else', () => {
    const statements = statementsOf('fill-secrets');
    const actions = new Set(statements.flatMap(({ Action }) => Action));
    expect([...actions].sort()).toEqual([
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
    ]);
    for (const { Resource } of statements) expect([Resource].flat()).not.toContain('*');
    const [writing] = statements.filter(({ Action }) => Action.includes('secretsmanager:PutSecretValue'));
    expect(writing?.Resource).toHaveLength(7);
    expect(JSON.stringify(writing?.Resource)).not.toMatch(/master_user_secret|oidc/);
  });

  it('is the only one in the stack that may read the master password', () => {
    const readers = foundation
      .all('aws_iam_role_policy')
      .filter(({ policy }) => String(policy).includes('master_user_secret'));
    expect(readers.map(({ name }) => name)).toEqual(['fill-secrets']);
  });
});
