import { ModelProblem } from '../../models/model-problem';
import { describeModel, indexEntries } from './describe-model';

const selector = { text: 'digits@production', name: 'digits', alias: 'production' };
const target = { name: 'digits', version: '3', location: 'there' };
const newer = { ...target, version: '4' };
const problem = new ModelProblem('MODEL_INVALID', 'It is broken.');
const load = { target: newer, problem, attempts: 1, failedAtMs: 0, retryAtMs: 1 };

describe('the index of the repository', () => {
  it('lists the version that serves, and the newer one that could not be loaded', () => {
    expect(
      indexEntries({ selector, state: 'serving', current: { target }, problem: { problem, load } }),
    ).toEqual([
      { name: 'digits', version: '3', state: 'READY', reason: '' },
      {
        name: 'digits',
        version: '4',
        state: 'UNAVAILABLE',
        reason: expect.stringMatching(/^MODEL_INVALID: It is broken\. Register a version/) as string,
      },
    ]);
  });

  it('says why nothing serves yet', () => {
    const away = new ModelProblem('REGISTRY_UNAVAILABLE', 'MLflow is away.');
    expect(indexEntries({ selector, state: 'loading', current: undefined, problem: undefined })).toEqual([
      { name: 'digits', state: 'LOADING', reason: 'It is being loaded for the first time.' },
    ]);
    expect(
      indexEntries({ selector, state: 'waiting', current: undefined, problem: { problem: away } }),
    ).toEqual([
      { name: 'digits', state: 'UNAVAILABLE', reason: expect.stringContaining('MLflow is away.') as string },
    ]);
    expect(
      indexEntries({ selector, state: 'serving', current: { target }, problem: { problem: away } }),
    ).toHaveLength(1);
  });
});

describe('the metadata of a model', () => {
  it('has free lengths as -1', () => {
    const inputs = [{ name: 'word', type: 'string', shape: [undefined, 2] }] as const;
    const outputs = [{ name: 'flag', type: 'bool', shape: [] }] as const;
    expect(describeModel({ target, metadata: { inputs, outputs } })).toEqual({
      name: 'digits',
      versions: ['3'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'word', datatype: 'BYTES', shape: [-1, 2] }],
      outputs: [{ name: 'flag', datatype: 'BOOL', shape: [] }],
    });
  });
});
