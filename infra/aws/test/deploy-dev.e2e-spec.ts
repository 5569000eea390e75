import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { useInstallation } from './deployment/use-installation';
import { applicationAlarms, databaseAlarms, serviceAlarms, targetAlarms } from './expectations/alarm-tables';
import { expectAlarms } from './expectations/alarms';
import { expectData } from './expectations/data';
import { expectEdge } from './expectations/edge';
import {
  expectLayersToBeDestroyedAlone,
  expectNoDrift,
  expectNoSecretsAround,
  expectPlanForPullRequest,
} from './expectations/lifecycle';
import { expectNetwork } from './expectations/network';
import { expectNextRelease } from './expectations/next-release';
import { expectServices } from './expectations/services';
import { describeWithTerraform } from './terraform';

describeWithTerraform('dev, deployed to a simulated AWS account', ({ environment: terraformEnvironment }) => {
  const installed = useInstallation({
    environmentName: 'dev',
    terraformEnvironment,
    steps: [['storage', 'foundation', 'services']],
  });

  describe('network', () =>
    expectNetwork(installed, {
      natGateways: 1,
      interfaceEndpoints: [],
      admitted: [
        '0.0.0.0/0 -> load-balancer :80',
        'load-balancer -> api :8080',
        'inference -> api :8080',
        'api -> inference :8000',
        'api -> logging :8001',
        'inference -> logging :8001',
        'api -> mlflow :5000',
        'api -> database :5432',
        'logging -> database :5432',
        'mlflow -> database :5432',
        'setup -> database :5432',
      ],
    }));

  describe('data', () =>
    expectData(installed, {
      database: {
        instanceClass: 'db.t3.micro',
        storageGib: 20,
        maxStorageGib: 100,
        backupDays: 7,
        isMultiAz: false,
        isProtected: false,
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
        api: { cpu: 256, memoryMib: 512, count: 1, scaling: [1, 2] },
        inference: { cpu: 256, memoryMib: 512, count: 1, scaling: [1, 2] },
        logging: { cpu: 256, memoryMib: 512, count: 1, scaling: [1, 2] },
        mlflow: { cpu: 512, memoryMib: 1024, count: 1 },
      },
      logRetentionDays: 7,
    }));

  describe('edge', () =>
    expectEdge(installed, {
      routes: ['80 path /api/*,/health -> api', '80 default -> 404'],
      targets: { api: { path: '/health', count: 1 } },
      hostNames: [],
      isProtected: false,
    }));

  describe('alarms', () =>
    expectAlarms(installed, {
      alarms: {
        ...serviceAlarms('api', 'inference', 'logging', 'mlflow'),
        ...targetAlarms({ api: 1 }),
        ...databaseAlarms({ connections: 62 }),
        ...applicationAlarms,
      },
    }));

  describe('secrets', () => expectNoSecretsAround(installed));

  describe('the next release', () => {
    expectNextRelease(installed);
    expectNoDrift(installed);
    expectPlanForPullRequest(installed);
  });

  describe('the end', () => {
    expectLayersToBeDestroyedAlone(installed);

    it('frees the names of its secrets at once', async () => {
      const { account, prefix } = installed;
      await account.secrets.send(new CreateSecretCommand({ Name: `${prefix}/internal` }));
    });
  });
});
