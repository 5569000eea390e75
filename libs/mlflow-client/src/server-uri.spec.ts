import { below, parseServerUri } from './server-uri';

it.each([
  ['runs:/abc/model', { kind: 'run', runId: 'abc', path: 'model' }],
  ['runs:/abc', { kind: 'run', runId: 'abc', path: '' }],
  ['runs://abc/a/b/', { kind: 'run', runId: 'abc', path: 'a/b' }],
  ['models:/m-12', { kind: 'loggedModel', modelId: 'm-12', path: '' }],
  ['models:/m-12/sub/x', { kind: 'loggedModel', modelId: 'm-12', path: 'sub/x' }],
  ['models:/digits/3', { kind: 'version', name: 'digits', version: '3', path: '' }],
  ['models:/m-1/3/a', { kind: 'version', name: 'm-1', version: '3', path: 'a' }],
  ['models:/digits@production', undefined],
  ['mlflow-artifacts:/1/models/m-1/artifacts', undefined],
  ['s3://bucket/x', undefined],
])('reads %s', (uri, expected) => {
  expect(parseServerUri(uri)).toEqual(expected);
});

it('puts a path below a URI', () => {
  expect(below('s3://bucket/1/artifacts/', 'model')).toBe('s3://bucket/1/artifacts/model');
  expect(below('s3://bucket/1/artifacts', '')).toBe('s3://bucket/1/artifacts');
});
