import type { Environment } from '../environments';
import { settingsOf, type ServiceContext, type ServiceDefinition } from '../services/service-definition';
import type { AppFacts } from './app-facts';
import { hostProblems } from './database.check';
import type { Problem } from './problem';

/** In the form of what AWS gives: a host without a port, and a port. */
function sampleContext(environment: Environment): ServiceContext {
  return {
    environment,
    databaseHost: 'database.abcdefghijkl.rds.amazonaws.com',
    databasePort: '5432',
    artifactBucketName: 'artifacts',
    loadBalancerNetworks: ['10.0.0.0/20', '10.0.16.0/20'],
    redisUrl: environment.redis === undefined ? undefined : 'rediss://redis.abcdef.cache.amazonaws.com:6379',
  };
}

/** The addresses in what each service is told: every one with a port once, and in a variable of its own. */
export function settingProblems(environment: Environment, services: readonly ServiceDefinition[]): Problem[] {
  return services.flatMap((service) =>
    Object.entries(settingsOf(service, sampleContext(environment))).flatMap(([setting, value]) => {
      const variable = `${service.name}: ${setting}`;
      if (setting.endsWith('_HOST')) return hostProblems(variable, value);
      if (setting.endsWith('_PORT')) return portProblems(variable, value);
      return /^[a-z0-9+]+:\/\//.test(value) ? addressProblems(variable, value) : [];
    }),
  );
}

const SECRET = /PASSWORD|SECRET|TOKEN|PEPPER|(^|_)KEYS?$/;

/** What an environment adds must be a setting of the app, and none that is set already. */
export function addedSettingProblems(
  environment: Environment,
  services: readonly ServiceDefinition[],
  { apps }: AppFacts,
): Problem[] {
  const { settings } = environment.tasks;
  return services.flatMap((service) => {
    const { name, secrets } = service;
    const set = { ...service.settings(sampleContext(environment)), ...secrets };
    const known = apps[name]?.settings;
    return Object.keys(settings[name] ?? {}).flatMap((setting) => {
      const what = `tasks.settings.${name} names ${setting}`;
      if (setting in set)
        return [
          {
            what: `${what}, which Tidegate sets itself.`,
            expected: 'other settings.',
            remedy: 'Remove it, and set the field of the environment that it comes from.',
          },
        ];
      if (SECRET.test(setting))
        return [
          {
            what: `${what}: a secret would stand in the task definition, for all to read.`,
            expected: 'secrets in Secrets Manager.',
            remedy: 'Remove it; a new secret is a row of SECRET_FIELDS in infra/aws/src/services.',
          },
        ];
      if (known === undefined || known.includes(setting)) return [];
      return [
        {
          what: `${what}, which is no setting of ${name}.`,
          expected: 'one that docs/configuration.md lists.',
          remedy: 'Correct the name.',
        },
      ];
    });
  });
}

function portProblems(variable: string, port: string): Problem[] {
  if (/^\d+$/.test(port)) return [];
  return [
    {
      what: `${variable} is ${port}.`,
      expected: 'a number alone.',
      remedy: "Use the port of the stack's database, which stands apart from its host.",
    },
  ];
}

function addressProblems(variable: string, address: string): Problem[] {
  if (address.startsWith('s3://') || URL.canParse(address)) return [];
  return [
    {
      what: `${variable} is ${address}, which is no address: a port that stands twice, perhaps.`,
      expected: '<scheme>://<host>:<port>.',
      remedy: 'Correct the settings in infra/aws/src/services.',
    },
  ];
}
