import { DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import { GetKeyRotationStatusCommand } from '@aws-sdk/client-kms';
import {
  DescribeDBInstancesCommand,
  DescribeDBParametersCommand,
  DescribeDBSubnetGroupsCommand,
  type DBInstance,
} from '@aws-sdk/client-rds';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import type { Installation } from '../deployment/use-installation';

export interface ExpectedData {
  readonly database: {
    readonly instanceClass: string;
    readonly storageGib: number;
    readonly maxStorageGib: number;
    readonly backupDays: number;
    readonly isMultiAz: boolean;
    readonly isProtected: boolean;
  };
  readonly secrets: readonly string[];
}

/** What is kept: database, artifacts, secrets, images. */
export function expectData(installed: Installation, expected: ExpectedData): void {
  const database = async (): Promise<DBInstance> => {
    const { DBInstances = [] } = await installed.account.rds.send(new DescribeDBInstancesCommand({}));
    expect(DBInstances).toHaveLength(1);
    return DBInstances[0] as DBInstance;
  };

  it('A3: is one encrypted PostgreSQL 15 of the expected size', async () => {
    const { database: wanted } = expected;
    expect(await database()).toMatchObject({
      Engine: 'postgres',
      EngineVersion: expect.stringMatching(/^15(\.|$)/) as string,
      DBInstanceClass: wanted.instanceClass,
      AllocatedStorage: wanted.storageGib,
      MaxAllocatedStorage: wanted.maxStorageGib,
      StorageEncrypted: true,
      BackupRetentionPeriod: wanted.backupDays,
      MultiAZ: wanted.isMultiAz,
      DeletionProtection: wanted.isProtected,
      PubliclyAccessible: false,
    });
  });

  it('A6: has a master password that AWS keeps and nobody sets', async () => {
    const { MasterUserSecret } = await database();
    expect(MasterUserSecret?.SecretArn).toMatch(/^arn:aws:secretsmanager:.*:secret:rds!db-/);
  });

  it('A7: exports its logs and has Performance Insights', async () => {
    expect(await database()).toMatchObject({
      EnabledCloudwatchLogsExports: expect.arrayContaining(['postgresql', 'upgrade']) as string[],
      PerformanceInsightsEnabled: true,
      PerformanceInsightsRetentionPeriod: 7,
    });
  });

  it('admits TLS connections only', async () => {
    const { DBParameterGroups: [group] = [] } = await database();
    const { Parameters = [] } = await installed.account.rds.send(
      new DescribeDBParametersCommand({ DBParameterGroupName: group?.DBParameterGroupName, Source: 'user' }),
    );
    const values = Object.fromEntries(
      Parameters.map(({ ParameterName = '', ParameterValue }) => [ParameterName, ParameterValue]),
    );
    expect(values).toMatchObject({ 'rds.force_ssl': '1' });
  });

  it('lives in the private subnets of both zones', async () => {
    const { DBSubnetGroup } = await database();
    const { DBSubnetGroups: [group] = [] } = await installed.account.rds.send(
      new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: DBSubnetGroup?.DBSubnetGroupName }),
    );
    const zones = group?.Subnets?.map(({ SubnetAvailabilityZone }) => SubnetAvailabilityZone?.Name).sort();
    expect(zones).toEqual(['eu-west-2a', 'eu-west-2b']);
  });

  describe('A4: the artifact bucket', () => {
    const send = <Reply>(read: (Bucket: string) => Promise<Reply>): Promise<Reply> =>
      read(`${installed.prefix}-artifacts-${installed.aws.accountId}`);

    it('keeps versions, for a while', async () => {
      const { s3 } = installed.account;
      const versioning = await send((Bucket) => s3.send(new GetBucketVersioningCommand({ Bucket })));
      expect(versioning).toMatchObject({ Status: 'Enabled' });
      const lifecycle = await send((Bucket) =>
        s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
      );
      expect(lifecycle.Rules).toMatchObject([
        { Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 90 } },
      ]);
    });

    it('encrypts with a key of its own that changes every year', async () => {
      const { s3, kms } = installed.account;
      const encryption = await send((Bucket) => s3.send(new GetBucketEncryptionCommand({ Bucket })));
      const [rule] = encryption.ServerSideEncryptionConfiguration?.Rules ?? [];
      expect(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe('aws:kms');
      const KeyId = rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
      expect(await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({
        KeyRotationEnabled: true,
      });
    });

    it('is closed to the public and to plain HTTP', async () => {
      const { s3 } = installed.account;
      const block = await send((Bucket) => s3.send(new GetPublicAccessBlockCommand({ Bucket })));
      expect(block.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      const { Policy = '' } = await send((Bucket) => s3.send(new GetBucketPolicyCommand({ Bucket })));
      expect(JSON.parse(Policy)).toMatchObject({
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]) as unknown[],
      });
    });
  });

  it('A6: has the secrets the services refer to, encrypted with the key of the installation', async () => {
    const { SecretList = [] } = await installed.account.secrets.send(new ListSecretsCommand({}));
    const own = SecretList.filter(({ Name = '' }) => Name.startsWith(`${installed.prefix}/`));
    expect(own.map(({ Name = '' }) => Name.replace(`${installed.prefix}/`, '')).sort()).toEqual(
      expected.secrets,
    );
    for (const { KmsKeyId } of own) expect(KmsKeyId).toMatch(/^arn:aws:kms:/);
  });

  it('A14: takes images from its own registry, which scans them and never moves a tag', async () => {
    const { repositories = [] } = await installed.account.ecr.send(new DescribeRepositoriesCommand({}));
    expect(repositories.map(({ repositoryName }) => repositoryName).sort()).toEqual(
      ['api', 'inference', 'logging', 'mlflow', 'setup'].map((image) => `${installed.prefix}/${image}`),
    );
    for (const repository of repositories) {
      expect(repository).toMatchObject({
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: { encryptionType: 'KMS' },
      });
    }
  });
}
