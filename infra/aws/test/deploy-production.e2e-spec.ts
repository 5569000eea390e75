import {
  DeleteLoadBalancerCommand,
  DescribeLoadBalancersCommand,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DeleteDBInstanceCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { makeStateBucket, useInstallation } from './deployment/use-installation';
import {
  applicationAlarms,
  databaseAlarms,
  redisAlarms,
  serviceAlarms,
  targetAlarms,
} from './expectations/alarm-tables';
import { expectAlarms } from './expectations/alarms';
import { expectData } from './expectations/data';
import { expectEdge } from './expectations/edge';
import {
  expectLayersToBeDestroyedAlone,
  expectNoDrift,
  expectNoSecretsAround,
} from './expectations/lifecycle';
import { expectNetwork } from './expectations/network';
import { expectServices } from './expectations/services';
import { describeWithTerraform } from './terraform';

const COMMAND_TIMEOUT_MS = 1_200_000;
const stateBucket = 'example-terraform-state';

describeWithTerraform(
  'production, deployed to a simulated AWS account',
  ({ environment: terraformEnvironment }) => {
    const installed = useInstallation({
      environmentName: 'production',
      terraformEnvironment,
      prepare: async (account, aws) => {
        await makeStateBucket(account, aws, stateBucket);
        const zone = new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'test' });
        const zoneId = (await account.dns.send(zone)).HostedZone?.Id?.replace('/hostedzone/', '');
        const alarms = { emails: ['on-call@example.com'] };
        return { accountId: aws.accountId, stateBucket, edge: { domain: { zoneId } }, alarms };
      },
    });

    it('keeps its state in the bucket, one object a stack, and no lock behind', async () => {
      const { Contents = [] } = await installed.account.s3.send(
        new ListObjectsV2Command({ Bucket: stateBucket }),
      );
      expect(Contents.map(({ Key }) => Key).sort()).toEqual(
        ['foundation', 'services', 'storage'].map((stack) => `tidegate-production/${stack}.tfstate`),
      );
    });

    describe('network', () =>
      expectNetwork(installed, {
        natGateways: 2,
        interfaceEndpoints: ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'],
        admitted: [
          '0.0.0.0/0 -> load-balancer :80',
          '0.0.0.0/0 -> load-balancer :443',
          '10.0.0.0/16 -> endpoints :443',
          'load-balancer -> api :8080',
          'load-balancer -> mlflow :5000',
          'inference -> api :8080',
          'api -> inference :8000',
          'api -> logging :8001',
          'inference -> logging :8001',
          'api -> mlflow :5000',
          'api -> redis :6379',
          'api -> database :5432',
          'logging -> database :5432',
          'mlflow -> database :5432',
          'setup -> database :5432',
        ],
      }));

    describe('data', () =>
      expectData(installed, {
        database: {
          instanceClass: 'db.t4g.medium',
          storageGib: 50,
          maxStorageGib: 500,
          backupDays: 35,
          isMultiAz: true,
          isProtected: true,
        },
        secrets: [
          'api',
          'database/api',
          'database/logging',
          'database/mlflow',
          'inference',
          'internal',
          'mlflow',
        ],
      }));

    describe('services', () =>
      expectServices(installed, {
        sizes: {
          api: { cpu: 512, memoryMib: 1024, count: 2, scaling: [2, 6] },
          inference: { cpu: 1024, memoryMib: 2048, count: 2, scaling: [2, 8] },
          logging: { cpu: 512, memoryMib: 1024, count: 2, scaling: [2, 4] },
          mlflow: { cpu: 512, memoryMib: 1024, count: 2 },
        },
        logRetentionDays: 365,
      }));

    describe('edge', () =>
      expectEdge(installed, {
        routes: [
          '80 default -> HTTP_301 to HTTPS 443',
          '443 path /api/*,/health -> api',
          '443 host mlflow.ml.example.com -> login by Cognito, mlflow',
          '443 default -> 404',
        ],
        targets: { api: { path: '/health', count: 2 }, mlflow: { path: '/health', count: 2 } },
        hostNames: ['ml.example.com', 'mlflow.ml.example.com'],
        isProtected: true,
        firewallRules: [
          'rate 10000',
          'AWSManagedRulesAmazonIpReputationList',
          'AWSManagedRulesKnownBadInputsRuleSet',
          'AWSManagedRulesCommonRuleSet',
        ],
      }));

    describe('alarms', () =>
      expectAlarms(installed, {
        alarms: {
          ...serviceAlarms('api', 'inference', 'logging', 'mlflow'),
          ...targetAlarms({ api: 2, mlflow: 2 }),
          ...databaseAlarms({ connections: 319 }),
          ...redisAlarms('001', '002'),
          ...applicationAlarms,
        },
      }));

    describe('a second plan', () => expectNoDrift(installed));

    describe('secrets', () => expectNoSecretsAround(installed));

    describe('the end', () => {
      it.each(['services', 'foundation', 'storage'] as const)(
        'refuses to destroy %s before anything is gone',
        async (stack) => {
          expect(await installed.deployment.refusalToDestroy(stack)).toContain('lifecycle.prevent_destroy');
        },
        COMMAND_TIMEOUT_MS,
      );

      it('cannot be deleted behind the back of Terraform either, until somebody takes the protection off', async () => {
        const { loadBalancing, rds } = installed.account;
        const { LoadBalancers: [balancer] = [] } = await loadBalancing.send(
          new DescribeLoadBalancersCommand({}),
        );
        const LoadBalancerArn = balancer?.LoadBalancerArn;
        const DBInstanceIdentifier = installed.prefix;
        await expect(loadBalancing.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }))).rejects.toThrow(
          'deletion protection',
        );
        await expect(rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier }))).rejects.toThrow(
          'protected',
        );

        const Attributes = [{ Key: 'deletion_protection.enabled', Value: 'false' }];
        await loadBalancing.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
        await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, DeletionProtection: false }));
        installed.deployment.change({ isDisposable: true, database: { isProtected: false } });
      });

      expectLayersToBeDestroyedAlone(installed);

      it('leaves a last snapshot of the database', async () => {
        const { DBSnapshots = [] } = await installed.account.rds.send(new DescribeDBSnapshotsCommand({}));
        expect(DBSnapshots.map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier)).toContain(
          'tidegate-production-final',
        );
      });
    });
  },
);
