import { differencesOf, historyFact, loggedModelFacts, runFacts } from './facts';
import { loggedModelSchema, runSchema } from './mlflow-records';
import type { IdNames } from './rewrite-references';

const OLD = 'a'.repeat(32);
const NEW = 'b'.repeat(32);
const none: IdNames = { run: () => undefined, model: () => undefined, experiment: () => undefined };
const back: IdNames = {
  run: (id) => (id === NEW ? { to: OLD, fromUri: '', toUri: '' } : undefined),
  model: () => undefined,
  experiment: () => undefined,
};
const run = (parent: string, tags: { key: string; value: string }[], param = '0.1') =>
  runSchema.parse({
    info: { run_id: 'x', experiment_id: '1', run_name: 'child', status: 'FINISHED' },
    data: {
      params: [{ key: 'lr', value: param }],
      tags: [{ key: 'mlflow.parentRunId', value: parent }, ...tags],
    },
  });
const point = (step: number, value: number | 'NaN') => ({ key: 'loss', value, timestamp: 5, step });

describe('facts', () => {
  it('are the same for a run and its copy with a new parent and the mark of the import', () => {
    const mark = { key: 'tidegate.migrate.source_run_id', value: 'x' };
    expect(differencesOf('run', runFacts(run(OLD, []), none), runFacts(run(NEW, [mark]), back))).toEqual([]);
  });

  it('leave to MLflow which versions it notes for a logged model, and tell the digest of a metric’s dataset', () => {
    const model = (versions: string, digest: string) =>
      loggedModelSchema.parse({
        info: { model_id: 'm', experiment_id: '1', tags: [{ key: 'mlflow.modelVersions', value: versions }] },
        data: { metrics: [{ key: 'loss', value: 1, dataset_name: 'train', dataset_digest: digest }] },
      });
    const facts = (versions: string, digest: string) => loggedModelFacts(model(versions, digest), none);
    expect(differencesOf('model', facts('[1]', 'a'), facts('[2]', 'a'))).toEqual([]);
    expect(differencesOf('model', facts('[1]', 'a'), facts('[1]', 'b'))).toMatchObject([
      { field: 'metrics' },
    ]);
  });

  it('tell what is changed, missing and too much', () => {
    const from = runFacts(run(OLD, [{ key: 'a', value: '1' }]), none);
    const to = runFacts(run(OLD, [{ key: 'b', value: '2' }], '0.2'), none);
    expect(differencesOf('run x', from, to)).toEqual([
      { what: 'run x', field: 'param lr', from: '0.1', to: '0.2' },
      { what: 'run x', field: 'tag a', from: '1', to: undefined },
      { what: 'run x', field: 'tag b', from: undefined, to: '2' },
    ]);
  });

  it('know a history by its points, not by their order', () => {
    const history = historyFact([point(0, 1), point(1, 'NaN'), point(2, 0.1)]);
    expect(history).toMatch(/^3 points, SHA-256 [0-9a-f]{64}$/);
    expect(historyFact([point(2, 0.1), point(0, 1), point(1, 'NaN'), point(0, 1)])).toBe(history);
    expect(historyFact([point(0, 1), point(1, 'NaN'), point(2, 0.1000001)])).not.toBe(history);
  });
});
