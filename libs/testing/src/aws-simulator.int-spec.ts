import { readFileSync } from 'node:fs';
import { GetRoleCommand, IAMClient, CreateRoleCommand, AttachRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateDBInstanceCommand,
  DescribeDBInstancesCommand,
  RDSClient,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { startAwsSimulator } from './aws-simulator';
import { useAwsSimulator } from './use-aws-simulator';

const aws = useAwsSimulator();

it('keeps a secret from its empty start to its end and lets its name be used again', async () => {
  const secrets = new SecretsManagerClient(aws.sdk);
  const SecretId = 'tidegate-dev/internal';
  await secrets.send(new CreateSecretCommand({ Name: SecretId }));
  await expect(secrets.send(new GetSecretValueCommand({ SecretId }))).rejects.toThrow(
    "can't find the specified secret value",
  );
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: '{"token":"one"}' }));
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  expect(SecretString).toBe('{"token":"one"}');
  await secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  await secrets.send(new CreateSecretCommand({ Name: SecretId }));
});

it('stores objects, knows the managed policies of AWS and its own account', async () => {
  const s3 = new S3Client(aws.sdk);
  await s3.send(
    new CreateBucketCommand({
      Bucket: 'models',
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-2' },
    }),
  );
  await s3.send(new PutObjectCommand({ Bucket: 'models', Key: 'a/b.txt', Body: 'kept' }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'models', Key: 'a/b.txt' }));
  expect(await Body?.transformToString()).toBe('kept');

  const iam = new IAMClient(aws.sdk);
  await iam.send(
    new CreateRoleCommand({ RoleName: 'task', AssumeRolePolicyDocument: '{"Version":"2012-10-17"}' }),
  );
  const PolicyArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'task', PolicyArn }));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'task' }));
  expect(Role?.Arn).toBe(`arn:aws:iam::${aws.accountId}:role/task`);

  const { Account } = await new STSClient(aws.sdk).send(new GetCallerIdentityCommand({}));
  expect(Account).toBe(aws.accountId);
});

it('makes a restored database an instance of its own, no replica', async () => {
  const rds = new RDSClient(aws.sdk);
  const source = { DBInstanceIdentifier: 'source', Engine: 'postgres', DBInstanceClass: 'db.t3.micro' };
  await rds.send(new CreateDBInstanceCommand({ ...source, AllocatedStorage: 20, MasterUsername: 'admin1' }));
  await rds.send(
    new RestoreDBInstanceToPointInTimeCommand({
      SourceDBInstanceIdentifier: 'source',
      TargetDBInstanceIdentifier: 'restored',
      UseLatestRestorableTime: true,
    }),
  );
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
  expect(new Set(DBInstances.map(({ DbiResourceId }) => DbiResourceId)).size).toBe(2);
  expect(DBInstances.map((one) => one.ReadReplicaSourceDBInstanceIdentifier ?? 'none')).toEqual([
    'none',
    'none',
  ]);
});

it('answers a request that is sent again because its answer was lost as it answered the first', async () => {
  const iam = new IAMClient(aws.sdk);
  let sent = 0;
  iam.middlewareStack.add(
    (next) => async (request) => {
      const answer = await next(request);
      sent += 1;
      if (sent === 1) throw Object.assign(new Error('read ECONNRESET'), { name: 'TimeoutError' });
      return answer;
    },
    { step: 'deserialize', priority: 'low' },
  );
  const role = { RoleName: 'sent-twice', AssumeRolePolicyDocument: '{"Version":"2012-10-17"}' };
  const { Role } = await iam.send(new CreateRoleCommand(role));
  expect(sent).toBe(2);
  expect(Role?.RoleName).toBe('sent-twice');
  await expect(iam.send(new CreateRoleCommand(role))).rejects.toThrow('already exists');
  expect(readFileSync(aws.logFile, 'utf8')).toContain('attempt=2, the attempt before was answered');
});

it('gives every simulator an account of its own and stops answering when stopped', async () => {
  const other = await startAwsSimulator();
  try {
    const SecretId = 'tidegate-dev/internal';
    const secrets = new SecretsManagerClient(other.sdk);
    await expect(secrets.send(new GetSecretValueCommand({ SecretId }))).rejects.toThrow("can't find");
  } finally {
    await other.stop();
  }
  await expect(fetch(other.url)).rejects.toThrow('fetch failed');
});
