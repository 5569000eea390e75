import path from 'node:path';
import { pythonEnvironment, runCommand } from '@tidegate/local-parts';
import { checkAppSettings, workspaceRoot } from '@tidegate/testing';
import { loadCompose, type ComposeModel } from './compose-model';
import { makeSecrets } from './secrets';

const START_TIMEOUT_MS = 180_000;
const APPS = ['api', 'inference', 'logging'] as const;
const PORTS: Readonly<Record<string, number>> = {
  api: 8080,
  inference: 8000,
  logging: 8001,
  mlflow: 5000,
  redis: 6379,
};

let system: ComposeModel;

beforeAll(async () => {
  system = await loadCompose('compose.yaml', makeSecrets());
}, START_TIMEOUT_MS);

it.each(APPS)('gives %s what it reads, with nothing missing and nothing unknown', async (app) => {
  expect(await checkAppSettings(app, environmentOf(app))).toEqual({ problems: [], unknown: [] });
});

it('gives the api no bootstrap key when there is none', async () => {
  const { services } = await loadCompose('compose.yaml', { ...makeSecrets(), API_BOOTSTRAP_KEY: '' });
  expect(await checkAppSettings('api', services['api']?.environment ?? {})).toEqual({
    problems: [],
    unknown: [],
  });
});

it.each(['mlflow', 'mlflow-schema'])('gives %s what its image reads', async (service) => {
  const { exitCode, stdout, stderr } = await runCommand(
    'python3',
    [path.join(__dirname, 'read_mlflow_settings.py')],
    {
      env: {
        ...pythonEnvironment(),
        PYTHONPATH: path.join(workspaceRoot, 'infra', 'images', 'mlflow'),
        SETTINGS: JSON.stringify(environmentOf(service)),
      },
    },
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ unknown: [] });
});

it.each(APPS)('has a service and its port behind every address of %s, on a network they share', (app) => {
  const addresses = Object.values(environmentOf(app)).filter((value) => /^(https?|redis):\/\//.test(value));
  expect(addresses.length).toBe({ api: 4, inference: 2, logging: 0 }[app]);
  for (const { hostname, port } of addresses.map((address) => new URL(address))) {
    expect(Number(port)).toBe(PORTS[hostname]);
    expect(Object.keys(system.services[hostname]?.networks ?? {})).toContain('inside');
  }
});

it('gives each role its databases, by the names they are made with', () => {
  expect(environmentOf('api')).toMatchObject({ DATABASE_USER: 'api', DATABASE_NAME: 'api_db' });
  expect(environmentOf('logging')).toMatchObject({ DATABASE_USER: 'logging', DATABASE_NAME: 'logging_db' });
  for (const name of ['api', 'logging'])
    expect(environmentOf('postgres')[`${name.toUpperCase()}_DATABASE_PASSWORD`]).toBe(
      environmentOf(name)['DATABASE_PASSWORD'],
    );
  expect(environmentOf('postgres')['MLFLOW_DATABASE_PASSWORD']).toBe(
    environmentOf('mlflow')['MLFLOW_DB_PASSWORD'],
  );
});

it('makes the key of inference one that the api knows', () => {
  const keys = JSON.parse(environmentOf('api')['API_SERVICE_KEYS'] ?? '[]') as { key: string }[];
  expect(keys.map(({ key }) => key)).toEqual([environmentOf('inference')['MLFLOW_TRACKING_TOKEN']]);
});

it('makes the account of the api the administrator of MLflow', () => {
  expect(environmentOf('api')['MLFLOW_USERNAME']).toBe(environmentOf('mlflow')['MLFLOW_ADMIN_USERNAME']);
  expect(environmentOf('api')['MLFLOW_PASSWORD']).toBe(environmentOf('mlflow')['MLFLOW_ADMIN_PASSWORD']);
});

function environmentOf(service: string): Readonly<Record<string, string>> {
  return system.services[service]?.environment ?? {};
}
