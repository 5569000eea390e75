import { inferencePolicy, loggingPolicy } from './app-policies';
import { isSafeArtifactPath } from './artifact-path';
import { mlflowPolicy } from './mlflow-policy';

describe('the MLflow policy', () => {
  it.each([
    ['POST', 'api/2.0/mlflow/experiments/search', ['experiments:read']],
    ['POST', 'ajax-api/3.0/mlflow/runs/search', ['runs:read']],
    ['POST', 'api/2.0/mlflow/runs/log-batch', ['metrics:write', 'params:write', 'tags:write']],
    ['PATCH', 'api/2.0/mlflow/logged-models/m-abc', ['models:write']],
    ['GET', 'api/2.0/mlflow-artifacts/artifacts', ['artifacts:read']],
    ['PUT', 'api/2.0/mlflow-artifacts/artifacts/1/a%20b/model.onnx', ['artifacts:write']],
    ['DELETE', 'api/2.0/mlflow-artifacts/artifacts/1/a', ['artifacts:delete']],
    ['POST', 'api/2.0/mlflow-artifacts/mpu/create/1/a', ['artifacts:write']],
    ['GET', 'version', []],
  ])('%s %s needs %j and is forwarded as it came', (method, path, scopes) => {
    expect(mlflowPolicy.match(method, path)).toMatchObject({ scopes, upstreamPath: `/${path}` });
  });

  it('takes a short path as API 2.0', () => {
    expect(mlflowPolicy.match('GET', 'runs/get')?.upstreamPath).toBe('/api/2.0/mlflow/runs/get');
  });

  it.each([
    ['POST', 'api/2.0/mlflow/users/create'],
    ['GET', 'api/2.0/mlflow/experiments/permissions/get'],
    ['GET', 'api/2.0/mlflow/webhooks'],
    ['POST', 'api/3.0/mlflow/gateway/secrets/create'],
    ['POST', 'api/3.0/mlflow/prompt-optimization/jobs'],
    ['POST', 'graphql'],
    ['GET', 'signup'],
    ['GET', ''],
    ['GET', 'get-artifact'],
    ['DELETE', 'api/2.0/mlflow/runs/get'],
    ['POST', 'api/2.0/mlflow-artifacts/artifacts/1/a'],
    ['GET', 'api/2.0/mlflow/traces/..'],
    ['GET', 'api/2.0/mlflow//runs/get'],
    ['GET', 'api/2.0/mlflow/runs%2fget'],
    ['GET', 'api/2.0/mlflow/../../../health'],
    ['GET', 'api/2.0/mlflow-artifacts/artifacts/../../mlflow/users/get'],
  ])('%s %s does not exist', (method, path) => {
    expect(mlflowPolicy.match(method, path)).toBeUndefined();
  });
});

describe('isSafeArtifactPath', () => {
  it.each(['a', 'a/b.txt', 'a%20b/%C3%BC', 'a..b/c', '100%25', '100%'])('accepts %s', (path) => {
    expect(isSafeArtifactPath(path)).toBe(true);
  });

  it.each([
    '',
    '/a',
    '..',
    'a/../b',
    'a/%2e%2e/b',
    '%252e%252e/a',
    '%25252e%25252e/a',
    '%2525252e%2525252e/a',
    'a%5c..%5cb',
    'a%00',
    'C:/a',
    '100%25/%252e%252e',
    './a',
  ])('refuses %s', (path) => {
    expect(isSafeArtifactPath(path)).toBe(false);
  });
});

describe('the policies of our own apps', () => {
  it('lead to predictions and the log', () => {
    expect(inferencePolicy.match('POST', 'predict')).toMatchObject({
      scopes: ['predict'],
      upstreamPath: '/predict',
    });
    expect(loggingPolicy.match('GET', 'predictions/0192-a')?.scopes).toEqual(['log:read']);
  });

  it.each(['metrics', 'health', 'ready', 'predict/../metrics'])('keep GET %s inside', (path) => {
    expect(inferencePolicy.match('GET', path)).toBeUndefined();
    expect(loggingPolicy.match('GET', path)).toBeUndefined();
  });
});
