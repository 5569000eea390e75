import { INFERENCE_ROUTES, inferencePolicy } from './inference-policy';

/** Models the request names, as a key limited to models is held to. */
function modelsOf(route: string, body?: string): readonly string[] | undefined {
  const [method = '', path = ''] = route.split(' ');
  const match = inferencePolicy.match(method, path);
  if (!match) throw new Error(`${route} is not listed`);
  return match.check('', body === undefined ? undefined : Buffer.from(body), {}).models;
}

describe('the policy of inference', () => {
  it('leads to predictions, all with the scope predict', () => {
    expect(inferencePolicy.match('POST', 'predict')).toMatchObject({
      scopes: ['predict'],
      upstreamPath: '/predict',
      body: 'stream',
    });
    expect(INFERENCE_ROUTES.map(([scopes]) => scopes)).toEqual([['predict']]);
  });

  it.each([
    'GET metrics',
    'GET health',
    'GET ready',
    'GET docs',
    'GET ping',
    'GET predict',
    'GET predict/../metrics',
    'POST v2/repository/models/digits/load',
    'POST v2/models/../infer',
    'GET v2/models/digits%2f..',
    'GET v2/models/digits%2540production',
    'GET v2/models/digits/versions/1@2',
    'POST v2/models/digits/versions/1/unload',
  ])('keeps %s inside', (route) => {
    const [method = '', path = ''] = route.split(' ');
    expect(inferencePolicy.match(method, path)).toBeUndefined();
  });

  it.each([
    'GET v2/models/digits',
    'GET v2/models/digits/ready',
    'POST v2/models/digits/infer',
    'GET v2/models/digits/versions/3',
    'GET v2/models/digits/versions/3/ready',
    'POST v2/models/digits/versions/3/infer',
    'POST v2/models/digits@production/infer',
    'GET v2/models/digits%40other/versions/3',
    'GET v2/models/digits@other%40@/ready',
  ])('finds the model in the path of %s', (route) => {
    expect(modelsOf(route)).toEqual(['digits']);
  });

  it.each([
    ['digits', 'digits'],
    ['digits@production', 'digits'],
    ['digits/3', 'digits'],
    ['@digits', ''],
    ['other@digits', 'other'],
    ['other@\ndigits', 'other'],
  ])('finds the model of a body that says %j', (model, name) => {
    expect(modelsOf('POST predict', JSON.stringify({ model, instances: [] }))).toEqual([name]);
  });

  it.each(['{"instances":[]}', '{"model":["digits"]}', '{"model":null}', ''])(
    'finds no model in the body %j',
    (body) => {
      expect(modelsOf('POST predict', body)).toBeUndefined();
    },
  );

  it('takes no body that another parser could read differently', () => {
    expect(() => modelsOf('POST predict', '{"model":"mine","model":"other"}')).toThrow(/twice/);
  });

  it('leaves it to the app to list only the models of a key', () => {
    for (const route of ['GET models', 'POST v2/repository/index']) {
      const [method = '', path = ''] = route.split(' ');
      expect(inferencePolicy.match(method, path)?.isLimitedByUpstream).toBe(true);
    }
  });

  it('finds no model in MLflow’s scoring protocol', () => {
    expect(inferencePolicy.match('POST', 'invocations')?.isLimitedByUpstream).toBeUndefined();
    expect(modelsOf('POST invocations', '{"model":"digits"}')).toBeUndefined();
  });
});
