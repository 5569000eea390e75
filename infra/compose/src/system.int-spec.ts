import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadCompose, type ComposeModel } from './compose-model';
import { makeSecrets } from './secrets';

const START_TIMEOUT_MS = 180_000;
const workspaceRoot = path.resolve(__dirname, '..', '..', '..');
const SERVICES = ['api', 'inference', 'logging', 'mlflow', 'mlflow-schema', 'postgres', 'redis'];
const WATCHED = SERVICES.filter((name) => name !== 'mlflow-schema');
const OWN_IMAGES = ['api', 'inference', 'logging', 'mlflow', 'mlflow-schema'];
/** Directories of the images that belong to their users: a new volume takes that over. */
const WRITABLE = ['/home/node', '/home/mlflow', '/var/lib/postgresql/data'];
const packageFile = path.join(workspaceRoot, 'package.json');
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

let system: ComposeModel;
let healthTest: ComposeModel;

beforeAll(async () => {
  const secrets = makeSecrets();
  system = await loadCompose('compose.yaml', secrets);
  healthTest = await loadCompose('docker-compose.health-test.yml', secrets);
}, START_TIMEOUT_MS);

it('is the whole system', () => {
  expect(Object.keys(system.services).sort()).toEqual(SERVICES);
});

it.each(WATCHED)('checks the health of %s with the numbers of the requirements', (name) => {
  expect(system.services[name]?.healthcheck).toMatchObject({
    start_period: '1m30s',
    interval: '30s',
    timeout: '10s',
    retries: 3,
  });
});

it.each([
  ['api', ['CMD', 'node', '/app/health-check.js', '8080', '/ready']],
  ['inference', ['CMD', 'node', '/app/health-check.js', '8000', '/health']],
  ['logging', ['CMD', 'node', '/app/health-check.js', '8001', '/ready']],
  ['mlflow', ['CMD', 'python', '/app/health_check.py']],
])('asks %s by the program in its image', (name, test) => {
  expect(system.services[name]?.healthcheck?.test).toEqual(test);
});

it('starts everything after what it needs, and waits until that is healthy or done', () => {
  const conditions = Object.fromEntries(
    SERVICES.map((name) => [
      name,
      Object.entries(system.services[name]?.depends_on ?? {}).map(
        ([needed, { condition }]) => `${needed} ${condition}`,
      ),
    ]),
  );
  expect(conditions).toEqual({
    api: ['mlflow service_healthy', 'postgres service_healthy', 'redis service_healthy'],
    inference: ['api service_healthy', 'logging service_healthy'],
    logging: ['postgres service_healthy'],
    mlflow: ['mlflow-schema service_completed_successfully'],
    'mlflow-schema': ['postgres service_healthy'],
    postgres: [],
    redis: [],
  });
});

it.each(OWN_IMAGES)('builds the image of %s from infra/images', (name) => {
  const { image, build } = system.services[name] ?? {};
  const { context = '', dockerfile = '', args } = build ?? {};
  expect(image).toBe(`tidegate/${name.replace('-schema', '')}:${version}`);
  expect(context).toBe(workspaceRoot);
  expect(dockerfile).toMatch(/^infra\/images\//);
  expect(existsSync(path.join(context, dockerfile))).toBe(true);
  expect(args?.['APP'] ?? 'mlflow').toBe(name.replace('-schema', ''));
});

it.each([...SERVICES, 'health-test'])('runs %s locked down', (name) => {
  const service = healthTest.services[name];
  expect(service).toMatchObject({
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
  });
  expect(service?.privileged).toBeUndefined();
});

it('keeps what must stay on volumes, where the user of the image can write', () => {
  const mounts = SERVICES.flatMap((name) =>
    (system.services[name]?.volumes ?? [])
      .filter(({ type }) => type === 'volume')
      .map(({ source, target }) => ({ source, target })),
  );
  expect(mounts.map(({ source }) => source).sort()).toEqual([
    'artifacts',
    'inference',
    'logging',
    'postgres',
  ]);
  expect(mounts.filter(({ target }) => !WRITABLE.includes(target))).toEqual([]);
  expect(Object.keys(system.volumes).sort()).toEqual(['artifacts', 'inference', 'logging', 'postgres']);
});

it('opens the api alone, to this machine alone; the rest has no way to the internet', () => {
  const open = SERVICES.flatMap((name) =>
    (system.services[name]?.ports ?? []).map(({ host_ip, target }) => [name, host_ip, target]),
  );
  expect(open).toEqual([['api', '127.0.0.1', 8080]]);
  expect(system.networks['inside']?.internal).toBe(true);
  const outside = SERVICES.filter((name) => 'outside' in (system.services[name]?.networks ?? {}));
  expect(outside).toEqual(['api']);
});

it('lets the apps finish: the grace period is longer than their 20 s', () => {
  for (const name of ['api', 'inference', 'logging'])
    expect(system.services[name]?.stop_grace_period).toBe('30s');
});

describe('docker-compose.health-test.yml', () => {
  it('has the system as it is, and one more', () => {
    const { 'health-test': watcher, ...others } = healthTest.services;
    expect(watcher).toBeDefined();
    expect(others).toEqual(system.services);
  });

  it('is the same project: it asks the system that compose.yaml started, on the same networks and volumes', () => {
    expect(healthTest.name).toBe(system.name);
    expect(healthTest.networks).toEqual(system.networks);
    expect(healthTest.volumes).toEqual(system.volumes);
    expect(Object.keys(healthTest.services['health-test']?.networks ?? {})).toEqual(['inside']);
  });

  it('asks when every health check has passed', () => {
    const conditions = Object.entries(healthTest.services['health-test']?.depends_on ?? {});
    expect(conditions.map(([name]) => name).sort()).toEqual(WATCHED);
    expect(conditions.filter(([, { condition }]) => condition !== 'service_healthy')).toEqual([]);
  });

  it('finds the program it runs, and its addresses lead to services', () => {
    const service = healthTest.services['health-test'];
    const program = service?.volumes?.find(({ target }) => target === '/health-test');
    expect(existsSync(path.join(program?.source ?? '', 'health-test.mjs'))).toBe(true);
    const addresses = Object.entries(service?.environment ?? {}).filter(([name]) => name.endsWith('_URL'));
    expect(addresses.map(([, address]) => new URL(address).hostname).sort()).toEqual([
      'api',
      'inference',
      'logging',
      'mlflow',
    ]);
  });
});
