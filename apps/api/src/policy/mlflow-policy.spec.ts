import { SCOPES } from '@tidegate/api-keys';
import { mlflowPolicy } from './mlflow-policy';
import { ARTIFACT_ROUTES, SERVER_ROUTES, TRACKING_ROUTES } from './mlflow-routes';

const API = 'api/2.0/mlflow';
const RUN = '0123456789abcdef0123456789abcdef';

function check(method: string, path: string, body?: object, query = ''): unknown {
  const match = mlflowPolicy.match(method, path);
  if (!match) throw new Error(`${method} ${path} is not listed`);
  return match.check(query, body && Buffer.from(JSON.stringify(body)), {});
}

const refusal = expect.objectContaining({ code: 'VALUE_REFUSED' }) as Error;

describe('the MLflow policy', () => {
  it.each([
    ['POST', `${API}/experiments/search`, ['experiments:read'], false],
    ['POST', 'ajax-api/3.0/mlflow/runs/search', ['runs:read'], false],
    ['POST', `${API}/runs/log-batch`, ['metrics:write', 'params:write', 'tags:write'], true],
    ['PATCH', `${API}/logged-models/m-abc`, ['models:write'], true],
    ['DELETE', `${API}/logged-models/m-abc/tags/my%20tag`, ['models:write'], true],
    ['POST', 'api/3.0/mlflow/traces/search', ['traces:read'], false],
    ['POST', 'api/3.0/mlflow/traces/metrics', ['traces:read'], false],
    ['POST', 'v1/traces', ['traces:write'], true],
    ['GET', 'api/2.0/mlflow-artifacts/artifacts', ['artifacts:read'], false],
    ['GET', 'api/2.0/mlflow-artifacts/presigned/1/a', ['artifacts:read'], false],
    ['PUT', 'api/2.0/mlflow-artifacts/artifacts/1/a%20b/model.onnx', ['artifacts:write'], true],
    ['DELETE', 'api/2.0/mlflow-artifacts/artifacts/1/a', ['artifacts:delete'], true],
    ['POST', 'api/2.0/mlflow-artifacts/mpu/create/1/a', ['artifacts:write'], true],
    ['GET', 'version', [], false],
  ])('%s %s needs %j and is forwarded as it came', (method, path, scopes, isWrite) => {
    expect(mlflowPolicy.match(method, path)).toMatchObject({ scopes, isWrite, upstreamPath: `/${path}` });
  });

  it('takes a short path as API 2.0', () => {
    expect(mlflowPolicy.match('GET', 'runs/get')?.upstreamPath).toBe('/api/2.0/mlflow/runs/get');
  });

  it.each([
    ['POST', `${API}/users/create`],
    ['GET', `${API}/experiments/permissions/get`],
    ['GET', `${API}/webhooks`],
    ['POST', 'api/3.0/mlflow/gateway/secrets/create'],
    ['POST', 'api/3.0/mlflow/prompt-optimization/jobs'],
    ['POST', 'graphql'],
    ['GET', 'signup'],
    ['GET', ''],
    ['GET', 'get-artifact'],
    ['HEAD', `${API}/runs/get`],
    ['OPTIONS', `${API}/runs/get`],
    ['DELETE', `${API}/runs/get`],
    ['POST', 'api/2.0/mlflow-artifacts/artifacts/1/a'],
    ['GET', 'api/2.0/mlflow-artifacts/artifacts/'],
    ['GET', `${API}/traces/..`],
    ['GET', `${API}//runs/get`],
    ['GET', `${API}/runs/get/`],
    ['GET', `${API}/runs%2fget`],
    ['GET', `${API}/../../../health`],
    ['GET', 'api/2.0/mlflow-artifacts/artifacts/../../mlflow/users/get'],
    ['GET', 'api/2.0/mlflow-artifacts/artifacts/ü'],
    ['GET', 'api/4.0/mlflow/runs/get'],
  ])('%s %s does not exist', (method, path) => {
    expect(mlflowPolicy.match(method, path)).toBeUndefined();
  });

  it('uses every scope that is about MLflow, except those whose reading comes with their run', () => {
    const used = new Set(
      [TRACKING_ROUTES, ARTIFACT_ROUTES, SERVER_ROUTES].flat().flatMap(([scopes]) => scopes),
    );
    const others = [
      'params:read',
      'tags:read',
      'predict',
      'log:read',
      'log:write',
      'log:delete',
      'feedback:write',
      'ops:read',
      'keys:admin',
    ];
    expect(SCOPES.filter((scope) => !used.has(scope))).toEqual(others);
  });

  it.each([
    ['POST', `${API}/runs/log-batch`, { run_id: RUN, metrics: [{ key: '..', value: 1 }], tags: [] }],
    ['POST', `${API}/experiments/create`, { name: '/Users/ann/it', artifact_location: '' }],
    ['POST', `${API}/experiments/create`, { name: 'it', artifactLocation: 'mlflow-artifacts:/shared' }],
    ['POST', `${API}/model-versions/create`, { name: 'it', source: `runs:/${RUN}/model`, run_id: RUN }],
    ['POST', `${API}/model-versions/create`, { name: 'it', source: 'dummy-source', run_id: '' }],
    [
      'POST',
      `${API}/runs/log-inputs`,
      { run_id: RUN, datasets: [{ dataset: { source: '{"uri":"../a.csv"}' } }] },
    ],
    ['POST', `${API}/runs/log-model`, { run_id: RUN, model_json: '{"artifact_path":"model"}' }],
    [
      'POST',
      'api/3.0/mlflow/traces',
      { trace: { trace_info: { trace_id: 'tr-1', tags: { owner: 'ann' } } } },
    ],
    ['POST', 'api/2.0/mlflow-artifacts/mpu/create/1/a', { path: '/tmp/model.onnx', num_parts: 2 }],
  ])('lets what clients send to %s %s pass', (method, path, body) => {
    expect(() => check(method, path, body)).not.toThrow();
  });

  it.each([
    ['POST', `${API}/experiments/create`, { artifactLocation: 'file:///etc' }, '"artifact_location"'],
    ['POST', `${API}/model-versions/create`, { name: 'it', source: '/etc' }, '"source"'],
    ['POST', `${API}/registered-models/create`, { name: '../it' }, '"name"'],
    ['POST', `${API}/registered-models/rename`, { name: 'it', newName: 'a/b' }, '"new_name"'],
    ['POST', `${API}/registered-models/alias`, { name: 'it', alias: 'a/b', version: '1' }, '"alias"'],
    ['POST', `${API}/runs/log-batch`, { run_id: RUN, metrics: [{ modelId: '../a' }] }, '"metrics.model_id"'],
    [
      'POST',
      `${API}/runs/log-model`,
      { model_json: '{"artifact_path":"../a"}' },
      '"model_json.artifact_path"',
    ],
    [
      'POST',
      'api/3.0/mlflow/traces',
      { trace: { traceInfo: { traceId: '../a' } } },
      '"trace.trace_info.trace_id"',
    ],
    [
      'POST',
      'api/3.0/mlflow/traces',
      { trace: { traceInfo: { tags: { 'mlflow.artifactLocation': 'file:///etc' } } } },
      '"trace.trace_info.tags key"',
    ],
    ['PATCH', `${API}/traces/tr-1`, { tags: [{ key: 'mlflow.artifactLocation' }] }, '"tags.key"'],
    ['PATCH', `${API}/traces/tr-1/tags`, { key: 'mlflow.artifactLocation' }, '"key"'],
    ['POST', 'api/2.0/mlflow-artifacts/mpu/create/1/a', { path: 'a/../../b' }, '"path"'],
    ['PUT', 'api/2.0/mlflow-artifacts/artifacts/1/%2e%2e/b', undefined, '"artifact_path"'],
  ])('refuses a value of %s %s', (method, path, body, field) => {
    expect(() => check(method, path, body)).toThrow(refusal);
    expect(() => check(method, path, body)).toThrow(field);
  });

  it('checks the query of every route', () => {
    expect(() =>
      check('GET', `${API}/artifacts/list`, undefined, `run_id=${RUN}&path=a&path=..%2fb`),
    ).toThrow('"path"');
    expect(() => check('POST', `${API}/runs/search`, {}, 'run_id=%2e%2e')).toThrow('"run_id"');
  });

  it.each([
    ['GET', `${API}/registered-models/get`, undefined, 'name=a&name=b', ['a', 'b']],
    ['GET', `${API}/registered-models/search`, undefined, 'name=a', undefined],
    ['GET', `${API}/model-versions/search`, undefined, 'name=a', undefined],
    ['POST', `${API}/model-versions/create`, { name: 'a', source: 'models:/b/1' }, 'name=c', ['a', 'b']],
    ['POST', `${API}/experiments/create`, { name: 'a' }, '', undefined],
    ['POST', `${API}/logged-models`, { name: 'a' }, '', undefined],
  ])('tells which models %s %s names', (method, path, body, query, models) => {
    expect((check(method, path, body, query) as { models?: unknown }).models).toEqual(models);
  });

  it('tells what a change is about', () => {
    expect(check('PATCH', 'api/3.0/mlflow/traces/tr-1/tags', { key: 'owner', value: 'ann' })).toEqual({
      details: { trace: 'tr-1', key: 'owner' },
    });
    expect(
      check('POST', `${API}/registered-models/alias`, { name: 'it', alias: 'production', version: '2' }),
    ).toEqual({
      models: ['it'],
      details: { alias: 'production', version: '2' },
    });
    expect(check('POST', `${API}/runs/set-tag`, { run_id: RUN, key: 'a' }, 'run_id=another')).toEqual({
      details: { run: RUN, key: 'a' },
    });
    expect(check('PUT', 'api/2.0/mlflow-artifacts/artifacts/1/a')).toEqual({ details: { path: '1/a' } });
  });
});
