import { DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import {
  CreateDBParameterGroupCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  type DBInstance,
} from '@aws-sdk/client-rds';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { useInstallation } from './deployment/use-installation';
import { makeGuidePrograms, type GuidePrograms } from './guide/guide-programs';
import { guideSteps } from './guide/guide-steps';
import { describeWithTerraform } from './terraform';

const OPERATE = 'docs/operate.md';
const UPGRADE = 'docs/upgrade.md';
const TIMEOUT_MS = 1_200_000;

describeWithTerraform(
  'what the guides do to a deployed environment',
  ({ environment: terraformEnvironment }) => {
    const installed = useInstallation({
      environmentName: 'dev',
      terraformEnvironment,
      steps: [['storage', 'foundation']],
    });
    let programs: GuidePrograms;

    beforeAll(async () => {
      programs = await makeGuidePrograms(installed.deployment.folder);
    }, TIMEOUT_MS);

    async function run(script: string): Promise<void> {
      const result = await installed.deployment.runGuide(script, programs.folder);
      expect(
        result.exitCode === 0 ? '' : `${result.stdout.slice(-2_000)}${result.stderr.slice(-2_000)}`,
      ).toBe('');
    }

    async function instance(DBInstanceIdentifier: string): Promise<DBInstance | undefined> {
      const { rds } = installed.account;
      return (await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances?.[0];
    }

    it('a snapshot before MLflow is upgraded', async () => {
      const snapshot = guideSteps(UPGRADE, 'MLflow').find((step) => step.includes('create-db-snapshot'));
      await run(snapshot ?? 'false');
      const { DBSnapshots } = await installed.account.rds.send(
        new DescribeDBSnapshotsCommand({ SnapshotType: 'manual' }),
      );
      expect(DBSnapshots).toMatchObject([{ DBSnapshotIdentifier: 'tidegate-dev-before-mlflow' }]);
    });

    it(
      'a major version of PostgreSQL: the instance stays, its parameters are those of the new version',
      async () => {
        // RDS has it for every version.
        await installed.account.rds.send(
          new CreateDBParameterGroupCommand({
            DBParameterGroupName: 'default.postgres16',
            DBParameterGroupFamily: 'postgres16',
            Description: 'Default',
          }),
        );
        const before = await instance('tidegate-dev');
        const [, upgrade = '', deploy = ''] = guideSteps(UPGRADE, 'PostgreSQL');
        await run(upgrade);
        installed.deployment.change({ database: { engineVersion: '16' } });
        await run(deploy);

        expect(await instance('tidegate-dev')).toMatchObject({
          DbiResourceId: before?.DbiResourceId,
          EngineVersion: '16',
          DBParameterGroups: [{ DBParameterGroupName: 'tidegate-dev-postgres16' }],
        });
        expect(await installed.deployment.planDifferences('foundation')).toEqual([]);
        expect(programs.calls()).toEqual(['tidegate drift dev', 'tidegate verify dev']);
      },
      TIMEOUT_MS,
    );

    it(
      'the database: a new instance has the name of the old one, and Terraform keeps it as its own',
      async () => {
        const before = await instance('tidegate-dev');
        const steps = guideSteps(OPERATE, 'The database, to a point in time');
        expect(steps).toHaveLength(6);
        await run(steps.join('\n'));

        expect((await instance('tidegate-dev-old'))?.DbiResourceId).toBe(before?.DbiResourceId);
        const after = await instance('tidegate-dev');
        expect(after?.DbiResourceId).not.toBe(before?.DbiResourceId);
        expect(after).toMatchObject({
          PubliclyAccessible: false,
          StorageEncrypted: true,
          DBParameterGroups: [{ DBParameterGroupName: 'tidegate-dev-postgres16' }],
          DBSubnetGroup: { DBSubnetGroupName: 'tidegate-dev' },
          VpcSecurityGroups: [{ VpcSecurityGroupId: before?.VpcSecurityGroups?.[0]?.VpcSecurityGroupId }],
          BackupRetentionPeriod: 7,
          IAMDatabaseAuthenticationEnabled: true,
        });
        expect(await installed.deployment.planDifferences('foundation')).toEqual([]);

        expect(programs.calls()).toEqual([
          'tidegate scale dev api 0',
          'tidegate scale dev logging 0',
          'tidegate scale dev mlflow 0',
          'tidegate setup dev',
          'tidegate scale dev mlflow 1',
          'tidegate scale dev logging 1',
          'tidegate scale dev api 1',
          'tidegate deploy dev --from services',
        ]);
      },
      TIMEOUT_MS,
    );

    it('the set-up reads the password of the new instance', async () => {
      const { ecs } = installed.account;
      const { taskDefinition } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: 'tidegate-dev-setup' }),
      );
      const variables = taskDefinition?.containerDefinitions?.flatMap(({ environment = [] }) => environment);
      const secret = (await instance('tidegate-dev'))?.MasterUserSecret?.SecretArn;
      expect(secret).toMatch(/^arn:/);
      expect(variables).toContainEqual({ name: 'MASTER_SECRET_ARN', value: secret });
    });

    it('an artifact: deleted and overwritten, its versions are listed and it is back', async () => {
      const { s3 } = installed.account;
      const Bucket = `tidegate-dev-artifacts-${installed.aws.accountId}`;
      const Key = '1/abc/artifacts/model.onnx';
      const put = async (Body: string) =>
        (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
      const first = await put('first');
      await put('second');
      const { VersionId: marker } = await s3.send(new DeleteObjectCommand({ Bucket, Key }));

      const [script = ''] = guideSteps(OPERATE, 'An artifact');
      const [, , list = '', restore = '', copy = ''] =
        /^(bucket=.*?\n)(aws.*?text\n)(aws.*?\n)(aws.*)$/s.exec(script) ?? [];
      const bucket = script.slice(0, script.indexOf('\n') + 1);
      const filled = (text: string): string =>
        text
          .replaceAll('<path>', Key)
          .replace('<version of the delete marker>', marker ?? '')
          .replace('<version>', first ?? '');

      const listed = await installed.deployment.runGuide(filled(bucket + list), programs.folder);
      expect([listed.stdout.match(/\S+model\.onnx/g)?.length, listed.stdout]).toEqual([
        3,
        expect.stringContaining(marker ?? 'none'),
      ]);
      await run(filled(bucket + restore));
      expect(await contentOf(s3, Bucket, Key)).toBe('second');
      await run(filled(bucket + copy));
      expect(await contentOf(s3, Bucket, Key)).toBe('first');
    });
  },
);

async function contentOf(s3: S3Client, Bucket: string, Key: string): Promise<string | undefined> {
  return (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
}
