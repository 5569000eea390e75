import { rewriteSource, rewriteTags, type Moved, type NewNames } from './rewrite-references';

const OLD_RUN = 'a'.repeat(32);
const NEW_RUN = 'b'.repeat(32);
const OLD_MODEL = `m-${'c'.repeat(32)}`;
const NEW_MODEL = `m-${'d'.repeat(32)}`;
const OTHER = 'e'.repeat(32);

const run: Moved = {
  to: NEW_RUN,
  fromUri: `mlflow-artifacts:/1/${OLD_RUN}/artifacts`,
  toUri: `mlflow-artifacts:/7/${NEW_RUN}/artifacts`,
};
const model: Moved = {
  to: NEW_MODEL,
  fromUri: `mlflow-artifacts:/1/models/${OLD_MODEL}/artifacts`,
  toUri: `mlflow-artifacts:/7/models/${NEW_MODEL}/artifacts`,
};
const names: NewNames = {
  run: (id) => (id === OLD_RUN ? run : undefined),
  model: (id) => (id === OLD_MODEL ? model : undefined),
  experiment: (id) => ({ '1': '7', '4': '1' })[id],
  version: (name, version) => (name === 'digits' && version === '3' ? '1' : undefined),
};

describe('references to what has got a new id', () => {
  it('follows them in MLflow’s own tags, also inside JSON, and leaves others alone', () => {
    const history = (runId: string, modelId: string): string =>
      JSON.stringify([{ run_id: runId, artifact_path: 'model', model_uuid: modelId }]);
    expect(
      rewriteTags(
        [
          { key: 'mlflow.parentRunId', value: OLD_RUN },
          { key: 'mlflow.log-model.history', value: history(OLD_RUN, OLD_MODEL) },
          { key: 'mlflow.rootRunId', value: OTHER },
          { key: 'note', value: OLD_RUN },
        ],
        names,
      ),
    ).toEqual([
      { key: 'mlflow.parentRunId', value: NEW_RUN },
      { key: 'mlflow.log-model.history', value: history(NEW_RUN, NEW_MODEL) },
      { key: 'mlflow.rootRunId', value: OTHER },
      { key: 'note', value: OLD_RUN },
    ]);
  });

  it('leaves out the marks of an earlier import: they are of the server before', () => {
    const tags = [
      { key: 'tidegate.migrate.source_run_id', value: OTHER },
      { key: 'note', value: 'x' },
    ];
    expect(rewriteTags(tags, names)).toEqual([{ key: 'note', value: 'x' }]);
  });

  it('gives a prompt the new numbers of its experiments, and none of one that was not moved', () => {
    const rewritten = (value: string) => rewriteTags([{ key: '_mlflow_experiment_ids', value }], names);
    expect(rewritten(',1,2,4,')).toEqual([{ key: '_mlflow_experiment_ids', value: ',7,1,' }]);
    expect(rewritten(',2,')).toEqual([{ key: '_mlflow_experiment_ids', value: '' }]);
  });

  it.each([
    [`runs:/${OLD_RUN}/model`, { source: `runs:/${NEW_RUN}/model`, runId: NEW_RUN }],
    [`models:/${OLD_MODEL}`, { source: `models:/${NEW_MODEL}`, modelId: NEW_MODEL }],
    [`${run.fromUri}/model`, { source: `${run.toUri}/model`, runId: NEW_RUN }],
    [model.fromUri, { source: model.toUri, modelId: NEW_MODEL }],
    ['models:/digits/3', { source: 'models:/digits/1' }],
  ])('%s: the same on the new server', (source, expected) => {
    expect(rewriteSource(source, names)).toEqual(expected);
  });

  it.each([
    ['of a run that was not moved', `runs:/${OTHER}/model`],
    ['of a version that was not moved', 'models:/digits/4'],
    ['somewhere else', 's3://bucket/model'],
    ['beside the artifacts of a run', `mlflow-artifacts:/1/${OLD_RUN}/artifacts-2/model`],
    ['at another place that holds the id', `s3://bucket/${OLD_RUN}/artifacts`],
  ])('a source %s has no new one', (_what, source) => {
    expect(rewriteSource(source, names)).toBeUndefined();
  });
});
