import type { Environment } from '../environments';
import { InfrastructureError } from '../infrastructure-error';
import { sizeOf, type ServiceDefinition } from '../services/service-definition';
import { usableConnectionsOf } from './database-capacity';
import type { Problem } from './problem';

/** A rolling deployment starts as many new tasks as there are, before it stops the old ones. */
const DEPLOYMENT_FACTOR = 2;

/** What the data alone says about the database. */
export function databaseProblems(
  environment: Environment,
  services: readonly ServiceDefinition[],
): Problem[] {
  const { engineVersion, storageGib, maxStorageGib } = environment.database;
  const problems: Problem[] = [];
  if (!/^\d+$/.test(engineVersion))
    problems.push({
      what: `database.engineVersion is "${engineVersion}": minor versions are withdrawn by AWS, and then nothing can be deployed.`,
      expected: `the major version only, "${engineVersion.split('.')[0]}"; AWS chooses the minor one and keeps it patched.`,
      remedy: 'Remove the part after the point.',
    });
  if (maxStorageGib <= storageGib)
    problems.push({
      what: `database.maxStorageGib is ${maxStorageGib} with storageGib ${storageGib}: storage cannot grow.`,
      expected: 'more than storageGib.',
      remedy: 'Raise database.maxStorageGib.',
    });
  return [...problems, ...connectionProblems(environment, services)];
}

function connectionProblems(environment: Environment, services: readonly ServiceDefinition[]): Problem[] {
  const { instanceClass } = environment.database;
  const demands = services
    .filter(({ databaseConnectionsPerTask }) => databaseConnectionsPerTask !== undefined)
    .map((service) => demandOf(service, environment));
  const atMost = demands.reduce((sum, { most }) => sum + most, 0);
  const whileDeploying = DEPLOYMENT_FACTOR * demands.reduce((sum, { least }) => sum + least, 0);
  const demand = Math.max(atMost, whileDeploying);
  const limit = limitOf(instanceClass);
  if (typeof limit !== 'number') return [limit];
  if (demand <= limit) return [];
  return [
    {
      what: `The tasks may open ${demand} connections to the database: ${demands.map(({ text }) => text).join(', ')}; a deployment doubles the least numbers.`,
      expected: `at most ${limit} on ${instanceClass}.`,
      remedy: 'Choose a larger database.instanceClass, or lower maxCount in tasks.sizes.',
    },
  ];
}

function limitOf(instanceClass: string): number | Problem {
  try {
    return usableConnectionsOf(instanceClass);
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error;
    return {
      what: `database.instanceClass is ${instanceClass}.`,
      expected: 'a class whose memory is known.',
      remedy: error.message,
    };
  }
}

function demandOf(
  service: ServiceDefinition,
  environment: Environment,
): { least: number; most: number; text: string } {
  const { minCount, maxCount } = sizeOf(service, environment);
  const most = service.isAutoscaled === false ? minCount : maxCount;
  const perTask = service.databaseConnectionsPerTask ?? 0;
  const range = most === minCount ? String(most) : `${minCount} to ${most}`;
  return { least: minCount * perTask, most: most * perTask, text: `${service.name} ${range} × ${perTask}` };
}

/** @param offered versions of PostgreSQL that RDS has in the region, such as `15.12` */
export function engineVersionProblems(
  { database, region }: Environment,
  offered: readonly string[],
): Problem[] {
  const { engineVersion } = database;
  if (offered.some((version) => version === engineVersion || version.startsWith(`${engineVersion}.`)))
    return [];
  const majors = [...new Set(offered.map((version) => version.split('.')[0]))];
  return [
    {
      what: `RDS offers no PostgreSQL ${engineVersion} in ${region}.`,
      expected: `one of ${majors.join(', ')}.`,
      remedy: 'Set database.engineVersion to a major version of that list.',
    },
  ];
}

/** @param setting name of a variable that holds a host, such as `DATABASE_HOST`; its port has a variable of its own */
export function hostProblems(setting: string, host: string): Problem[] {
  if (!/:\d*$/.test(host) && !host.includes('/')) return [];
  return [
    {
      what: `${setting} is ${host}, so the address would carry a port twice.`,
      expected: 'a host name alone.',
      remedy: "Use RDS's address, not its endpoint.",
    },
  ];
}
