import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { SCOPES, type Scope } from '@tidegate/api-keys';
import { runPython, trackingEnvironment } from '@tidegate/testing';
import { useMlflowBehindGateway } from './mlflow-behind-gateway';

/** The client is told about each of them by a call of its own. */
const GUARDED: readonly Scope[] = SCOPES.filter(
  (scope) =>
    /^(experiments|runs|metrics|params|tags|models|artifacts|traces):/.test(scope) &&
    scope !== 'params:read' &&
    scope !== 'tags:read',
);
const without = (scope: Scope): Scope[] => SCOPES.filter((other) => other !== scope);

describe('the stock MLflow client through the gateway', () => {
  const gateway = useMlflowBehindGateway(GUARDED.map(without));

  it('tracks, stores, registers, traces, deletes and restores, and is told which scope its key lacks', async () => {
    const name = `client-${randomBytes(4).toString('hex')}`;
    const keysWithout = Object.fromEntries(GUARDED.map((scope) => [scope, gateway.keyWith(without(scope))]));
    const output = await runPython(path.join(__dirname, 'mlflow-client-breadth.py'), [name], {
      ...trackingEnvironment({ url: gateway.url, token: gateway.keyWith(SCOPES) }),
      KEYS_WITHOUT: JSON.stringify(keysWithout),
    });
    expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toEqual({
      experiment: [`${name} renamed`, 'test'],
      'experiment search': true,
      run: ['FINISHED', '99', 'yes', false, 'nan'],
      dataset: ['zeros'],
      history: 1_000,
      'run search': true,
      files: [
        ['files/large.bin', 300 * 1024 * 1024],
        ['files/parts.bin', 6 * 1024 * 1024],
      ],
      'large file is the same': true,
      'multi-part file is the same': true,
      'odd name': 'odd name',
      'files left': ['files/parts.bin'],
      'logged model': ['model', '3'],
      'logged model search': true,
      alias: '1',
      download: 'mlflow-artifacts',
      prediction: [1],
      copy: [`${name} copy`, '1'],
      versions: ['1'],
      models: [name, `${name} copy`],
      prompt: 'Say {{word}}',
      trace: [['inner', 'work'], 'yes', 'vision', true],
      'trace search': true,
      refused: GUARDED,
      'traces deleted': 1,
      'run restored': [true, 'active'],
      'experiment restored': ['deleted', 'active'],
    });
  }, 240_000);
});
