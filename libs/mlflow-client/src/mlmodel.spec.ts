import { tmpdir } from 'node:os';
import { MlflowError } from './mlflow-error';
import { parseMlmodel, readMlmodel } from './mlmodel';

/** As MLflow 3.17 writes it for an ONNX model. */
const ONNX = `
artifact_path: mlflow-artifacts:/0/models/m-5262b02603d04f35b98c8b230bbd4956/artifacts
flavors:
  onnx:
    code: null
    data: model.onnx
    onnx_version: 1.23.2
    providers:
    - CPUExecutionProvider
  python_function:
    data: model.onnx
    loader_module: mlflow.onnx
mlflow_version: 3.17.2
model_uuid: m-5262b02603d04f35b98c8b230bbd4956
saved_input_example_info:
  artifact_path: input_example.json
  serving_input_path: serving_input_example.json
  type: ndarray
signature:
  inputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}}]'
  outputs: '[{"type": "tensor", "name": "label", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
utc_time_created: '2026-11-21 03:08:22.698620'
`;

it('reads flavours, tensors and the input example of an ONNX model', () => {
  const mlmodel = parseMlmodel(ONNX);
  expect(mlmodel.flavors.onnx).toMatchObject({ data: 'model.onnx', providers: ['CPUExecutionProvider'] });
  expect(mlmodel.signature).toEqual({
    inputs: [{ kind: 'tensor', name: undefined, dtype: 'float32', shape: [-1, 4] }],
    outputs: [{ kind: 'tensor', name: 'label', dtype: 'int64', shape: [-1] }],
    params: [],
  });
  expect(mlmodel.modelUuid).toBe('m-5262b02603d04f35b98c8b230bbd4956');
  expect(mlmodel.inputExample).toEqual({
    path: 'input_example.json',
    servingInputPath: 'serving_input_example.json',
    type: 'ndarray',
    pandasOrient: undefined,
  });
});

it('reads columns, parameters and a JSON string that YAML folded over two lines', () => {
  const { signature, inputExample } = parseMlmodel(`
flavors:
  python_function: {loader_module: mlflow.pyfunc.model}
saved_input_example_info: {artifact_path: input_example.json, pandas_orient: split, params: 'true', type: dataframe}
signature:
  inputs: '[{"type": "long", "name": "a", "required": true}, {"type": "string", "name":
    "b", "required": false}, {"type": "double", "name": "old", "optional": true}]'
  outputs: '[{"type": "array", "items": {"type": "string"}}]'
  params: '[{"name": "temp", "default": 0.5, "shape": null, "type": "double"}]'
`);
  expect(signature?.inputs).toMatchObject([
    { kind: 'column', name: 'a', type: 'long', required: true },
    { kind: 'column', name: 'b', type: 'string', required: false },
    { kind: 'column', name: 'old', type: 'double', required: false },
  ]);
  expect(signature?.outputs).toMatchObject([
    { type: 'array', name: undefined, required: true, definition: { items: { type: 'string' } } },
  ]);
  expect(signature?.params).toEqual([{ name: 'temp', type: 'double', default: 0.5, shape: undefined }]);
  expect(inputExample).toMatchObject({
    type: 'dataframe',
    pandasOrient: 'split',
    servingInputPath: undefined,
  });
});

it('reads a model without signature and example', () => {
  expect(parseMlmodel('flavors: {sklearn: {pickled_model: model.pkl}}')).toMatchObject({
    signature: undefined,
    inputExample: undefined,
  });
});

it.each([
  ['is no YAML', 'flavors: [', 'not YAML'],
  ['is empty', '', 'expected object'],
  ['has no flavours', 'run_id: x', 'flavors'],
  [
    'holds broken JSON',
    "flavors: {}\nsignature: {inputs: '[{'}",
    'signature.inputs: Invalid input: expected JSON text',
  ],
  [
    'holds a tensor without shape',
    `flavors: {}\nsignature: {inputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64"}}]'}`,
    'signature.inputs.0',
  ],
  [
    'names an example outside its folder',
    'flavors: {}\nsaved_input_example_info: {artifact_path: ../../etc/passwd, type: ndarray}',
    'saved_input_example_info.artifact_path',
  ],
])('says what is wrong when the file %s', (_what, text, expected) => {
  expect(() => parseMlmodel(text)).toThrow(MlflowError);
  expect(() => parseMlmodel(text)).toThrow(expected);
});

it('says so when the folder has no MLmodel file', async () => {
  await expect(readMlmodel(tmpdir())).rejects.toMatchObject({ code: 'MLMODEL_INVALID' });
});
