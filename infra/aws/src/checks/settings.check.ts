import type { Environment } from '../environments';
import type { ServiceContext, ServiceDefinition } from '../services/service-definition';
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
    Object.entries(service.settings(sampleContext(environment))).flatMap(([setting, value]) => {
      const variable = `${service.name}: ${setting}`;
      if (setting.endsWith('_HOST')) return hostProblems(variable, value);
      if (setting.endsWith('_PORT')) return portProblems(variable, value);
      return /^[a-z0-9+]+:\/\//.test(value) ? addressProblems(variable, value) : [];
    }),
  );
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
