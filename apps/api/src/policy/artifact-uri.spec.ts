import { isSafeArtifactUri } from './artifact-uri';

const SCHEMES = ['runs', 'models', 'mlflow-artifacts'];

describe('isSafeArtifactUri', () => {
  it.each([
    'runs:/0123456789abcdef/model',
    'models:/m-0123456789abcdef',
    'models:/digits/3',
    'models:/my model@production',
    'mlflow-artifacts:/1/0123/artifacts/model%20a',
  ])('accepts %s', (uri) => {
    expect(isSafeArtifactUri(uri, SCHEMES)).toBe(true);
  });

  it.each([
    '',
    'model',
    '/etc',
    'file:///etc',
    'file:/etc',
    'FILE:/etc',
    's3://bucket/key',
    'http://169.254.169.254/latest',
    'dbfs:/a',
    'runs:a',
    'runs:/',
    'RUNS:/a',
    ' runs:/a',
    'runs://host/a',
    'mlflow-artifacts://user@host/a',
    'mlflow-artifacts:/%2fhost/a',
    'mlflow-artifacts:/../../etc',
    'mlflow-artifacts:/%2e%2e/etc',
    'mlflow-artifacts:/%252e%252e/etc',
    'mlflow-artifacts:/..%5c..%5cetc',
    'mlflow-artifacts:/a#/../../etc',
    'mlflow-artifacts:/a%23/etc',
    'mlflow-artifacts:/a?/../../etc',
    'mlflow-artifacts:/a;/../../etc',
    'mlflow-artifacts:/a%3b/etc',
    'mlflow-artifacts:/a\0',
    'mlflow-artifacts:/C:/windows',
  ])('refuses %s', (uri) => {
    expect(isSafeArtifactUri(uri, SCHEMES)).toBe(false);
  });
});
