import { randomUUID } from 'node:crypto';
import { MlflowClient } from '@tidegate/mlflow-client';
import { useTestMlflow } from '@tidegate/testing';
import { callRegistry, moveToStage, registerVersionAt } from '../../test/registry-calls';
import { MlflowModelRegistry } from './mlflow-model-registry';
import { parseModelSelector, type ModelSelector } from './model-selector';
import type { ModelTarget } from './model-registry';

const NAME = `tide (v2) é ${randomUUID()}`;
const { signal } = new AbortController();
const mlflow = useTestMlflow();
let registry: MlflowModelRegistry;

beforeAll(async () => {
  registry = registryAs(mlflow.password);
  await callRegistry(mlflow, 'registered-models/create', { name: NAME });
  // Ten: sorted as text, 9 would be the latest.
  for (let version = 1; version <= 10; version += 1) {
    await registerVersionAt(mlflow, NAME, `s3://models/${version}`);
  }
  await callRegistry(mlflow, 'registered-models/alias', { name: NAME, alias: 'champion', version: '2' });
  await moveToStage(mlflow, NAME, '3', 'Staging');
  await moveToStage(mlflow, NAME, '4', 'Staging');
});

function registryAs(password: string): MlflowModelRegistry {
  const credentials = { kind: 'basic', username: mlflow.username, password } as const;
  return new MlflowModelRegistry(new MlflowClient({ baseUrl: mlflow.url, credentials }), 1000);
}

function selectorOf(text: string): ModelSelector {
  const selector = parseModelSelector(text);
  if ('problem' in selector) throw new Error(selector.problem);
  return selector;
}

function resolve(text: string): Promise<ModelTarget> {
  return registry.resolve(selectorOf(text), signal);
}

it.each([
  [`${NAME}@champion`, '2'],
  [`${NAME}/7`, '7'],
  [`${NAME}/latest`, '10'],
  [`${NAME}/staging`, '4'],
  // By the number, not by the time it was put there.
  [`${NAME}/None`, '10'],
])('finds the version of %s', async (text, version) => {
  const target = { name: NAME, version, location: `s3://models/${version}`, expectedHashes: {} };
  expect(await resolve(text)).toEqual(target);
});

it.each([
  `${NAME}@nobody`,
  `${NAME}/77`,
  `${NAME}/Archived`,
  'no such model/latest',
  'no such model/Staging',
])('says that there is no %s', async (text) => {
  await expect(resolve(text)).rejects.toMatchObject({
    code: 'MODEL_VERSION_MISSING',
    message: `MLflow has no model version ${text}.`,
  });
});

it('reads the hashes that a version has in its tags', async () => {
  const tag = { name: NAME, version: '5', key: 'sha256/data/weights.bin', value: 'ABC123' };
  await callRegistry(mlflow, 'model-versions/set-tag', tag);
  await callRegistry(mlflow, 'model-versions/set-tag', { ...tag, key: 'team', value: 'tide' });
  expect((await resolve(`${NAME}/5`)).expectedHashes).toEqual({ 'data/weights.bin': 'abc123' });
});

it('says that it is refused, and what to check', async () => {
  const refused = registryAs('not the password').resolve(selectorOf(`${NAME}/1`), signal);
  await expect(refused).rejects.toMatchObject({
    code: 'REGISTRY_REFUSED',
    remedy: expect.stringContaining('MLFLOW_TRACKING_TOKEN') as string,
  });
});

it('says how artifacts can be reached that only the machine has that logged them', async () => {
  const target = { name: NAME, version: '1', location: '/home/somebody/mlruns/1/model' };
  await expect(registry.download(target, 'not-made', signal)).rejects.toMatchObject({
    code: 'MODEL_DOWNLOAD_FAILED',
    message: expect.stringContaining('a path of the machine that logged them') as string,
    remedy: expect.stringContaining('--serve-artifacts') as string,
  });
});
