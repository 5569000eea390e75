import { ENVIRONMENT_NAMES, loadEnvironment } from '../environments';
import { InfrastructureError } from '../infrastructure-error';
import { SERVICES } from '../services';
import type { ServiceDefinition } from '../services/service-definition';
import { readAppFacts } from './app-facts';
import { environmentProblems } from './check-environment';
import { maxConnectionsOf } from './database-capacity';
import { engineVersionProblems, hostProblems } from './database.check';
import { placeholderProblems } from './edge.check';
import { requireNoProblems, type Problem } from './problem';
import { bucketProblems } from './storage.check';

const apps = readAppFacts();
const stateBucket = 'tidegate-state';

function problemsOf(changes: Record<string, unknown>, name = 'dev'): Problem[] {
  return environmentProblems(loadEnvironment(name, changes), SERVICES, apps);
}

/** SERVICES with one of them changed. */
function withService(name: string, changes: Partial<ServiceDefinition>): ServiceDefinition[] {
  return SERVICES.map((service) => (service.name === name ? { ...service, ...changes } : service));
}

describe('the environments of this repository', () => {
  it.each(ENVIRONMENT_NAMES)('%s has no mistake once it has a state bucket', (name) => {
    expect(problemsOf({ stateBucket }, name)).toEqual([]);
  });

  it.each(['staging', 'production'])('%s is refused without a state bucket', (name) => {
    expect(problemsOf({}, name).map(({ what }) => what)).toEqual([
      expect.stringContaining('stateBucket is not set'),
    ]);
  });
});

const LONG_NAMES = { project: 'abcdefghijkl', name: 'abcdefghijkl' };

it('a setting of the app may be added, and MLflow’s own as well', () => {
  const settings = {
    logging: { RETENTION_DAYS: '7' },
    api: { LOG_LEVEL: 'debug' },
    mlflow: { MLFLOW_WORKERS: '2' },
  };
  expect(problemsOf({ tasks: { settings } })).toEqual([]);
});

describe('a mistake in the data', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a minor version of PostgreSQL', { database: { engineVersion: '15.4' } }, 'engineVersion is "15.4"'],
    [
      'settings of a service that is not there',
      { tasks: { settings: { reports: { LOG_LEVEL: 'debug' } } } },
      'tasks.settings names the service "reports", which does not exist.',
    ],
    [
      'a setting that the app does not have',
      { tasks: { settings: { logging: { RETENTION: '7' } } } },
      'tasks.settings.logging names RETENTION, which is no setting of logging.',
    ],
    [
      'a secret among the settings',
      { tasks: { settings: { mlflow: { MLFLOW_BACKUP_PASSWORD: 'known to all' } } } },
      'tasks.settings.mlflow names MLFLOW_BACKUP_PASSWORD: a secret would stand in the task definition',
    ],
    [
      'a setting that only other apps have',
      { tasks: { settings: { inference: { DATABASE_HOST: 'db' } } } },
      'tasks.settings.inference names DATABASE_HOST, which is no setting of inference.',
    ],
    [
      'a setting that is set already',
      { tasks: { settings: { logging: { DATABASE_POOL_SIZE: '50' } } } },
      'tasks.settings.logging names DATABASE_POOL_SIZE, which Tidegate sets itself.',
    ],
    [
      'a setting that comes from a secret',
      { tasks: { settings: { api: { API_KEY_PEPPER: 'known to all' } } } },
      'tasks.settings.api names API_KEY_PEPPER, which Tidegate sets itself.',
    ],
    ['storage that cannot grow', { database: { maxStorageGib: 20 } }, 'maxStorageGib is 20'],
    [
      'a bucket in another region',
      { storage: { existingBucket: { name: 'models', region: 'us-east-1' } } },
      'The bucket models of storage.existingBucket is in us-east-1',
    ],
    [
      'a stop timeout shorter than the drain',
      { shutdown: { stopTimeoutSeconds: 30 } },
      'shutdown.stopTimeoutSeconds is 30',
    ],
    [
      'a deregistration delay shorter than the drain',
      { shutdown: { deregistrationDelaySeconds: 10 } },
      'shutdown.deregistrationDelaySeconds is 10',
    ],
    [
      'a grace period shorter than the start period',
      { health: { gracePeriodSeconds: 60 } },
      'health.gracePeriodSeconds is 60',
    ],
    [
      'a check that outlasts its interval',
      { health: { loadBalancer: { timeoutSeconds: 30 } } },
      'health.loadBalancer.timeoutSeconds is 30',
    ],
    [
      'an idle timeout as long as the keep-alive of the apps',
      { edge: { idleTimeoutSeconds: apps.keepAliveTimeoutMs / 1000 } },
      'edge.idleTimeoutSeconds is 75',
    ],
    [
      'too many database connections',
      { tasks: { sizes: { api: { maxCount: 8 } } } },
      'may open 74 connections to the database: api 1 to 8 × 5, logging 1 to 2 × 5, mlflow 1 × 24',
    ],
    [
      'too many database connections while the least number of tasks is replaced',
      { tasks: { sizes: { api: { minCount: 2 } } } },
      'may open 78 connections to the database: api 2 × 5, logging 1 to 2 × 5, mlflow 1 × 24',
    ],
    [
      'an instance class nobody measured',
      { database: { instanceClass: 'db.x9.huge' } },
      'database.instanceClass is db.x9.huge',
    ],
    [
      'a size that Fargate does not offer',
      { tasks: { sizes: { api: { cpu: 1024 } } } },
      'api has 1024 CPU units with 512 MiB',
    ],
    [
      'a least number above the highest',
      { tasks: { sizes: { api: { minCount: 3 } } } },
      'api has minCount 3 and maxCount 2',
    ],
    ['a service nobody knows', { tasks: { sizes: { apo: {} } } }, 'the service "apo", which does not exist'],
    ['plain HTTP outside dev', { isDisposable: false, stateBucket }, 'edge.domain is not set'],
    [
      'a login page without HTTPS',
      { edge: { mlflowUi: { kind: 'cognito', domainPrefix: 'x' } } },
      'edge.mlflowUi is set without edge.domain',
    ],
    ['names too long for a load balancer', LONG_NAMES, 'would have a name of 35 characters'],
  ])('is reported: %s', (_, changes, text) => {
    const problems = problemsOf(changes);
    expect(problems.map(({ what }) => what)).toContainEqual(expect.stringContaining(text));
    for (const { expected, remedy } of problems) expect([expected, remedy]).not.toContain('');
  });

  it('is reported together with all the others, each with its remedy', () => {
    const problems = problemsOf({
      database: { engineVersion: '15.4' },
      shutdown: { stopTimeoutSeconds: 20 },
    });
    expect(() => requireNoProblems('dev', problems)).toThrow(InfrastructureError);
    expect(() => requireNoProblems('dev', problems)).toThrow(
      /dev cannot be deployed:\n.*15\.4.*Remove the part after the point\.\n.*stopTimeoutSeconds is 20.*= 30/,
    );
  });
});

describe('a service that does not fit its app', () => {
  it.each<[string, string, Partial<ServiceDefinition>, string]>([
    ['another port', 'logging', { port: 8002 }, 'logging is called or checked on port 8002'],
    [
      'a health path nobody serves',
      'api',
      { publicRoutes: { paths: ['/health'], healthPath: '/healthz' } },
      'api is asked for /healthz',
    ],
    [
      'a container check on a path nobody serves',
      'inference',
      { healthCommand: ['CMD', 'node', '/app/health-check.js', '8000', '/alive'] },
      'inference is asked for /alive',
    ],
    [
      'a public route nobody serves',
      'api',
      { publicRoutes: { paths: ['/v2/*'], healthPath: '/health' } },
      'api is asked for /v2/*',
    ],
    ['no app at all', 'api', { name: 'gateway' }, 'There is no app gateway'],
    ['a caller nobody knows', 'api', { calledBy: ['web'] }, 'called by "web"'],
    ['a name twice', 'logging', { name: 'api' }, 'Two services are called "api"'],
  ])('is reported: %s', (_, name, changes, text) => {
    const problems = environmentProblems(loadEnvironment('dev'), withService(name, changes), apps);
    expect(problems.map(({ what }) => what)).toContainEqual(expect.stringContaining(text));
  });
});

describe('what only AWS or a person knows', () => {
  it('refuses a version of PostgreSQL that is not offered', () => {
    const dev = loadEnvironment('dev');
    expect(engineVersionProblems(dev, ['14.17', '15.12', '16.8'])).toEqual([]);
    expect(engineVersionProblems(dev, ['14.17', '150.1', '16.8'])).toEqual([
      expect.objectContaining({ what: 'RDS offers no PostgreSQL 15 in eu-west-2.' }),
    ]);
  });

  it('refuses a bucket that is missing, elsewhere or without versions', () => {
    const check = (facts: Parameters<typeof bucketProblems>[2]): string[] =>
      bucketProblems('stateBucket', 'state', facts, 'eu-west-2').map(({ what }) => what);
    expect(check({ region: 'eu-west-2', isVersioned: true })).toEqual([]);
    expect(check(undefined)).toEqual([expect.stringContaining('does not exist')]);
    expect(check({ region: 'us-east-1', isVersioned: false })).toEqual([
      expect.stringContaining('is in us-east-1'),
      expect.stringContaining('has no versions'),
    ]);
  });

  it('refuses an endpoint that already carries a port', () => {
    expect(hostProblems('DATABASE_HOST', 'db.abc.eu-west-2.rds.amazonaws.com')).toEqual([]);
    expect(hostProblems('DATABASE_HOST', 'db.abc.eu-west-2.rds.amazonaws.com:5432')).toHaveLength(1);
    expect(hostProblems('DATABASE_HOST', 'postgresql://db')).toHaveLength(1);
  });

  it('knows the names from the documentation', () => {
    expect(placeholderProblems(loadEnvironment('production'))).toHaveLength(2);
    const own = { edge: { domain: { name: 'ml.tide.dev', zoneName: 'tide.dev', zoneId: 'Z0123' } } };
    expect(placeholderProblems(loadEnvironment('production', own))).toEqual([]);
  });

  it('estimates the connections of an instance class from below', () => {
    // What RDS really sets, as reported: 81, about 190, about 410.
    expect(['db.t3.micro', 'db.t3.small', 'db.t3.medium'].map(maxConnectionsOf)).toEqual([78, 185, 399]);
  });
});
