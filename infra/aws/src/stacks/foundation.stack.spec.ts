import { synthesizeBase } from '../../test/synthesized-base';

const dev = synthesizeBase('dev').foundation;
const production = synthesizeBase('production').foundation;
const KEY = expect.stringMatching(/^\$\{aws_kms_key\..*\.arn\}$/) as string;

interface KeyStatement {
  readonly Principal: { readonly AWS?: string; readonly Service?: string | readonly string[] };
  readonly Condition?: object;
}

describe('a plan', () => {
  it('asks AWS nothing when the account is named', () => {
    expect(production.json['data']).toBeUndefined();
  });

  it('asks for the account once when it is not', () => {
    const { foundation } = synthesizeBase('dev', { accountId: undefined });
    expect(foundation.json['data']).toEqual({ aws_caller_identity: { account: {} } });
  });
});

describe('the key of the environment', () => {
  const { policy, enable_key_rotation } = production.one('aws_kms_key');
  const { Statement } = JSON.parse(String(policy)) as { Statement: KeyStatement[] };

  it('changes every year', () => {
    expect(enable_key_rotation).toBe(true);
  });

  it('is lent to services of AWS and to nobody else; for this account only, where the service names one', () => {
    expect(Statement.map(({ Principal }) => Principal)).toEqual([
      { AWS: 'arn:aws:iam::123456789012:root' },
      { Service: 'logs.eu-west-2.amazonaws.com' },
      { Service: 'cloudwatch.amazonaws.com' },
      { Service: 'events.amazonaws.com' },
    ]);
    for (const { Condition } of Statement.slice(1, -1))
      expect(JSON.stringify(Condition)).toContain('123456789012');
  });
});

describe('log groups', () => {
  it.each([
    ['dev', dev, 7],
    ['production', production, 365],
  ])('of %s are encrypted and end after its number of days', (_name, stack, retentionInDays) => {
    const groups = stack.all('aws_cloudwatch_log_group');
    expect(groups.length).toBeGreaterThan(4);
    for (const group of groups)
      expect(group).toMatchObject({ retention_in_days: retentionInDays, kms_key_id: KEY });
  });
});

describe('secrets', () => {
  const names = (stack: typeof dev) => stack.all('aws_secretsmanager_secret').map(({ name }) => name);

  it('are made empty', () => {
    expect(names(dev).sort()).toEqual(
      ['api', 'database/api', 'database/logging', 'database/mlflow', 'inference', 'internal', 'mlflow'].map(
        (name) => `tidegate-dev/${name}`,
      ),
    );
    expect(dev.all('aws_secretsmanager_secret_version')).toEqual([]);
  });

  it('can be deleted at once in dev, and restored in production', () => {
    for (const secret of dev.all('aws_secretsmanager_secret'))
      expect(secret['recovery_window_in_days']).toBe(0);
    for (const secret of production.all('aws_secretsmanager_secret'))
      expect(secret).toMatchObject({ recovery_window_in_days: 30, kms_key_id: KEY });
  });

  it('include the one of the OIDC client where MLflow’s pages use OIDC, out of reach of the set-up task', () => {
    const mlflowUi = {
      kind: 'oidc',
      issuer: 'https://id.example.com',
      authorizationEndpoint: 'https://id.example.com/authorize',
      tokenEndpoint: 'https://id.example.com/token',
      userInfoEndpoint: 'https://id.example.com/userinfo',
      clientId: 'mlflow',
    };
    const { foundation } = synthesizeBase('dev', { edge: { mlflowUi } });
    expect(names(foundation)).toContain('tidegate-dev/oidc');
    expect(String(foundation.one('aws_iam_role_policy', { name: 'fill-secrets' })['policy'])).not.toContain(
      'oidc',
    );
  });
});

describe('images', () => {
  it('have scanned, immutable, encrypted repositories', () => {
    for (const image of ['api', 'inference', 'logging', 'mlflow', 'setup'])
      expect(production.one('aws_ecr_repository', { name: `tidegate-production/${image}` })).toMatchObject({
        image_tag_mutability: 'IMMUTABLE',
        image_scanning_configuration: { scan_on_push: true },
        encryption_configuration: [{ encryption_type: 'KMS', kms_key: KEY }],
        force_delete: false,
      });
  });

  it('go with their repository in dev only', () => {
    for (const repository of dev.all('aws_ecr_repository')) expect(repository['force_delete']).toBe(true);
  });
});

describe('the cluster', () => {
  it('has Container Insights, both kinds of Fargate and a log of every shell', () => {
    expect(production.one('aws_ecs_cluster', { name: 'tidegate-production' })).toMatchObject({
      setting: [{ name: 'containerInsights', value: 'enabled' }],
      configuration: { execute_command_configuration: { logging: 'OVERRIDE', kms_key_id: KEY } },
    });
    expect(production.one('aws_ecs_cluster_capacity_providers')).toMatchObject({
      capacity_providers: ['FARGATE', 'FARGATE_SPOT'],
    });
  });
});

describe('names', () => {
  it('of services are found in a private zone (S1)', () => {
    expect(dev.one('aws_service_discovery_private_dns_namespace')['name']).toBe('tidegate-dev.local');
  });
});

describe('the log bucket', () => {
  it('takes logs of the load balancers of this account, with the encryption they can write', () => {
    const policy = JSON.parse(String(production.one('aws_s3_bucket_policy')['policy'])) as {
      Statement: object[];
    };
    expect(policy.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: expect.stringMatching(/\/AWSLogs\/123456789012\/\*$/) as string,
      }),
    );
    expect(production.one('aws_s3_bucket_server_side_encryption_configuration')['rule']).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' }, bucket_key_enabled: false },
    ]);
  });
});

describe('Redis', () => {
  it('is left out where the environment has none', () => {
    expect(dev.all('aws_elasticache_replication_group')).toEqual([]);
  });

  it('is in two zones, with TLS and encrypted', () => {
    expect(production.one('aws_elasticache_replication_group')).toMatchObject({
      num_cache_clusters: 2,
      automatic_failover_enabled: true,
      multi_az_enabled: true,
      transit_encryption_enabled: true,
      at_rest_encryption_enabled: 'true',
      kms_key_id: KEY,
    });
  });

  it('is one node where one is enough', () => {
    const { foundation } = synthesizeBase('production', { redis: { nodeCount: 1 } });
    expect(foundation.one('aws_elasticache_replication_group')).toMatchObject({
      num_cache_clusters: 1,
      automatic_failover_enabled: false,
      multi_az_enabled: false,
    });
  });
});

describe('backups', () => {
  it('of database and artifacts are made daily where the database is protected', () => {
    expect(production.one('aws_backup_selection')['resources']).toEqual([
      expect.stringMatching(/^\$\{aws_db_instance\./),
      expect.stringContaining('artifacts_bucket'),
    ]);
    expect(dev.all('aws_backup_plan')).toEqual([]);
  });
});

describe('the budget', () => {
  it('writes to the addresses of the alarms', () => {
    const { foundation } = synthesizeBase('dev', { alarms: { emails: ['ops@example.com'] } });
    expect(foundation.one('aws_budgets_budget')).toMatchObject({
      limit_amount: '200',
      notification: [
        { notification_type: 'ACTUAL', threshold: 80, subscriber_email_addresses: ['ops@example.com'] },
        { notification_type: 'FORECASTED', threshold: 100, subscriber_email_addresses: ['ops@example.com'] },
      ],
    });
  });

  it('is kept where there is nobody to write to', () => {
    expect(dev.one('aws_budgets_budget')['notification']).toEqual([]);
  });
});

describe('outputs', () => {
  it('name the database and the bucket of logs, and no secret', () => {
    const outputs = production.json['output'] ?? {};
    const own = Object.keys(outputs).filter((name) => !name.startsWith('cross-stack-output'));
    expect(own).toEqual(expect.arrayContaining(['database_endpoint', 'log_bucket', 'cluster_name']));
    expect(JSON.stringify(outputs)).not.toMatch(/password|secret_string/);
  });
});
