import type { KubernetesObject } from './rendered';
import { schemaProblems } from './schema-problems';

const deployment = (template: object): KubernetesObject & { spec: object } => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'x', labels: { any: 'label' } },
  spec: { selector: { matchLabels: { app: 'x' } }, template: { spec: template } },
});
const container = { name: 'x', image: 'x', resources: { limits: { cpu: '1', 'example.com/gpu': 1 } } };

it('has nothing against a sound object, whatever its labels and resources are called', async () => {
  expect(await schemaProblems(deployment({ containers: [container] }))).toEqual([]);
});

it.each([
  ['a field in the wrong place', { ...container, periodSeconds: 5 }, 'containers[0].periodSeconds'],
  [
    'a misspelt probe',
    { ...container, livenesProbe: { httpGet: { port: 80 } } },
    'containers[0].livenesProbe',
  ],
])('names %s', async (_, given, place) => {
  expect((await schemaProblems(deployment({ containers: [given] }))).join()).toContain(
    `${place} is not a field of a Deployment`,
  );
});

it.each([
  ['a value of the wrong type', { containers: [{ ...container, tty: 'yes' }] }, 'boolean'],
  ['a missing field', {}, 'containers'],
])('names %s', async (_, template, problem) => {
  expect((await schemaProblems(deployment(template))).join()).toContain(problem);
});

it('names a kind that its version does not have', async () => {
  const object = { ...deployment({ containers: [container] }), apiVersion: 'apps/v9' };
  expect(await schemaProblems(object)).toEqual(['there is no Deployment in apps/v9']);
});
