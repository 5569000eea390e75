import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadEnvironment } from '../environments';
import { SERVICES } from '../services';
import { readAppFacts } from './app-facts';

const root = path.resolve(__dirname, '..', '..', '..', '..');

it('reads ports, routes and the keep-alive time from the sources of the apps', () => {
  const { keepAliveTimeoutMs, apps } = readAppFacts();
  expect(keepAliveTimeoutMs).toBe(75_000);
  expect(apps['api']?.port).toBe(8080);
  expect(apps['api']?.paths).toEqual(
    expect.arrayContaining(['/health', '/live', '/api/health/mlflow/detailed']),
  );
  expect(apps['logging']?.paths).toContain('/predictions/:id');
});

it('says which file to adapt when a source is written differently', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegate-app-facts-'));
  try {
    mkdirSync(path.join(folder, 'libs/bootstrap/src'), { recursive: true });
    mkdirSync(path.join(folder, 'apps'));
    writeFileSync(path.join(folder, 'libs/bootstrap/src/connection-limits.ts'), 'export {};');
    expect(() => readAppFacts(folder)).toThrow(
      /connection-limits\.ts has no KEEP_ALIVE.* adapt .*app-facts\.ts/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const NODE_SERVICES = SERVICES.filter(({ healthCommand }) => healthCommand[1] === 'node');

const SETTINGS = Object.fromEntries(
  NODE_SERVICES.map(({ name, settings }) => [
    name,
    settings({
      environment: loadEnvironment('production', { stateBucket: 'state' }),
      databaseHost: 'db',
      databasePort: '5432',
      artifactBucketName: 'artifacts',
      loadBalancerNetworks: ['10.0.0.0/20'],
      redisUrl: 'rediss://redis:6379',
    }),
  ]),
);

it.each(NODE_SERVICES)('hands $name only variables that it reads', ({ name, secrets }) => {
  const sources = [`apps/${name}/src`, 'libs/config/src', 'libs/database/src'].map(sourceOf).join('\n');
  const variables = [...Object.keys(SETTINGS[name] ?? {}), ...Object.keys(secrets)];
  expect(variables.filter((variable) => !sources.includes(`'${variable}'`))).toEqual([]);
});

it('counts the connections that the apps open', () => {
  const connections = Object.fromEntries(
    NODE_SERVICES.map(({ name, databaseConnectionsPerTask }) => [name, databaseConnectionsPerTask]),
  );
  expect(connections).toEqual({
    api: Number(/POOL_SIZE = (\d+)/.exec(sourceOf('apps/api/src'))?.[1]),
    inference: undefined,
    logging: Number(SETTINGS['logging']?.['DATABASE_POOL_SIZE']),
  });
});

function sourceOf(folder: string): string {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))
    .map((file) => readFileSync(path.join(root, folder, file), 'utf8'))
    .join('\n');
}
