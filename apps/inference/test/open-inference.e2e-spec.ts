import path from 'node:path';
import { ALLOWED_MODELS_HEADER } from '@tidegate/schemas';
import {
  ensureOwnPython,
  type OwnPython,
  runPython,
  trackingEnvironment,
  trainSampleModel,
  useTestMlflow,
} from '@tidegate/testing';
import {
  type ExpectedAnswers,
  get,
  type InferenceUnderTest,
  registryScenario,
  startInferenceUnderTest,
  uniqueModelName,
  untilReady,
} from './inference-under-test';

jest.setTimeout(240_000);

const DIGITS = uniqueModelName('v2-digits');
const TYPES = uniqueModelName('v2-types');

interface Failure {
  readonly status: string;
  readonly error: string;
}

/** What `open-inference-client.py` prints. */
type Printed = Readonly<Record<string, unknown>>;

describe('the Open Inference Protocol, asked by tritonclient', () => {
  const mlflow = useTestMlflow();
  let app: InferenceUnderTest;
  let python: OwnPython;

  beforeAll(async () => {
    python = await ensureOwnPython({
      name: 'oip-client',
      requirementsFile: path.join(__dirname, 'open-inference-requirements.txt'),
    });
    await trainSampleModel(mlflow, { modelName: DIGITS });
    await runPython(
      path.join(__dirname, 'open-inference-model.py'),
      [TYPES, 'production'],
      trackingEnvironment(mlflow),
    );
    app = await startInferenceUnderTest(mlflow, { MODELS: `${DIGITS}@production,${TYPES}@production` });
    await untilReady(app);
  }, 480_000);

  afterAll(() => app.remove());

  async function client(command: string, model: string, ...args: readonly string[]): Promise<Printed> {
    const script = path.join(__dirname, 'open-inference-client.py');
    return JSON.parse(await python.run(script, [command, new URL(app.url).host, model, ...args])) as Printed;
  }

  it('says what is served, and leaves it to the registry', async () => {
    const told = await client('status', DIGITS);

    const metadata = {
      name: DIGITS,
      versions: ['1'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'input', datatype: 'FP32', shape: [-1, 64] }],
      outputs: [
        { name: 'label', datatype: 'INT64', shape: [-1] },
        { name: 'probabilities', datatype: 'FP32', shape: [-1, 10] },
      ],
    };
    expect(told).toMatchObject({
      live: true,
      ready: true,
      server: { name: 'tidegate', extensions: ['binary_tensor_data', 'model_repository'] },
      model_ready: [true, true, false],
      other_ready: false,
      model: metadata,
      model_by_alias: metadata,
      index: [DIGITS, TYPES].map((name) => ({ name, version: '1', state: 'READY', reason: '' })),
      other: { status: '404', error: expect.stringContaining('model "other" is not served here') as string },
      other_version: { status: '404', error: expect.stringContaining('served is version 1') as string },
      statistics: { status: '404', error: expect.stringContaining('GET /v2 lists the extensions') as string },
    });
    for (const change of [told.load, told.unload]) {
      expect(change).toMatchObject({
        status: '403',
        error: expect.stringContaining('The registry decides what is served') as string,
      });
    }
  });

  it('infers what onnxruntime in Python infers, by JSON and by binary tensors', async () => {
    const expected = await registryScenario<ExpectedAnswers>(mlflow, 'answers', DIGITS, '1');

    const answers = await client('digits', DIGITS, JSON.stringify(expected.instances));

    for (const form of ['json', 'binary']) {
      const { labels, probabilities, ...rest } = answers[form] as ExpectedAnswers;
      expect(rest).toEqual({ id: `asked as ${form}`, model: [DIGITS, '1'] });
      expect(labels).toEqual(expected.labels);
      const differences = probabilities.flatMap((row, at) =>
        row.map((value, column) => Math.abs(value - (expected.probabilities[at]?.[column] ?? NaN))),
      );
      expect(differences).toHaveLength(expected.labels.length * 10);
      expect(Math.max(...differences)).toBeLessThan(1e-6);
    }
  });

  it('changes no value of any type, however it is sent and answered', async () => {
    expect(await client('types', TYPES)).toEqual({ changed: [], compared: 12 });
  });

  it('answers the wanted outputs; infinities are null in JSON and themselves in binary', async () => {
    const names = [
      'BOOL',
      'INT8',
      'INT16',
      'INT32',
      'INT64',
      'UINT8',
      'UINT16',
      'UINT32',
      'UINT64',
      'FP32',
      'FP64',
    ];
    expect(await client('outputs', TYPES)).toEqual({
      all: [...[...names, 'BYTES'].map((name) => `same_${name}`), 'inverse'],
      all_binary: true,
      infinity_binary: 'inf',
      one: ['inverse'],
      infinity_json: null,
    });
  });

  it('refuses what does not fit, naming the place, and stays healthy', async () => {
    const failures = (await client('errors', TYPES)) as Readonly<Record<string, Failure>>;

    const expected: Readonly<Record<string, readonly [status: string, error: string]>> = {
      missing: ['400', '"FP64" is missing'],
      unknown_output: ['400', 'outputs[0].name: expected an output of the model'],
      rows: ['400', 'expected 2 rows as in inputs[0], got 3'],
      shape: ['400', 'inputs[1].shape: expected [any, 2] for "INT8", got [2, 3]'],
      length: ['400', 'inputs[0].parameters.binary_data_size: expected 6 for 6 elements of BOOL, got 4'],
      datatype: ['400', 'inputs[0].datatype: expected BOOL'],
      nan_in_json: ['400', 'expected JSON'],
      version: ['404', 'served is'],
      model: ['404', 'is not served here'],
      compressed: ['415', 'content-encoding: expected an uncompressed body'],
    };
    expect(Object.keys(failures)).toEqual(Object.keys(expected));
    for (const [name, [status, error]] of Object.entries(expected)) {
      expect([name, failures[name]]).toEqual([
        name,
        { status, error: expect.stringContaining(error) as string },
      ]);
    }
    expect((await get(app, '/v2/health/ready')).status).toBe(200);
  });

  it('takes the raw data of a model’s only input, and answers in kind', async () => {
    const answer = await fetch(`${app.url}/v2/models/${DIGITS}/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': '0' },
      body: new Uint8Array(Float32Array.from({ length: 3 * 64 }, (_, at) => at % 16).buffer),
    });

    expect(answer.status).toBe(200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const header = Number(answer.headers.get('inference-header-content-length'));
    expect(JSON.parse(bytes.subarray(0, header).toString())).toMatchObject({
      outputs: [
        { name: 'label', shape: [3], parameters: { binary_data_size: 24 } },
        { name: 'probabilities', shape: [3, 10], parameters: { binary_data_size: 120 } },
      ],
    });
    expect(bytes).toHaveLength(header + 24 + 120);
  });

  it('lists only what is ready when asked so, whatever media type the body is said to have', async () => {
    const index = (body: string, type: string): Promise<Response> =>
      fetch(`${app.url}/v2/repository/index`, { method: 'POST', headers: { 'content-type': type }, body });

    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
      const answer = await index('{"ready":true}', type);
      expect([answer.status, await answer.json()]).toEqual([200, [expect.anything(), expect.anything()]]);
    }
    expect((await index('', 'application/json')).status).toBe(200);
    const wrong = await index('{"ready":1}', 'application/json');
    expect([wrong.status, await wrong.json()]).toEqual([
      400,
      { error: expect.stringContaining('ready: expected true or false, got 1') as string },
    ]);
  });

  it('shows a caller that is limited to models only those', async () => {
    const headers = { [ALLOWED_MODELS_HEADER]: `other,${TYPES}` };
    const index = await fetch(`${app.url}/v2/repository/index`, { method: 'POST', headers });
    expect(await index.json()).toEqual([{ name: TYPES, version: '1', state: 'READY', reason: '' }]);
    expect((await fetch(`${app.url}/v2/models/${TYPES}`, { headers })).status).toBe(200);
    const hidden = await fetch(`${app.url}/v2/models/${DIGITS}`, { headers });
    expect([hidden.status, await hidden.text()]).toEqual([404, expect.not.stringContaining(`${DIGITS}@`)]);
  });

  it('says a caller that is limited to models of no other one whether it is served', async () => {
    const post = async (path: string, body: object): Promise<[number, string]> => {
      const answer = await fetch(`${app.url}${path}`, {
        method: 'POST',
        headers: { [ALLOWED_MODELS_HEADER]: TYPES, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return [answer.status, (await answer.text()).replaceAll(/[\da-f-]{36}/g, 'id')];
    };
    const refusals = (name: string): Promise<[number, string][]> =>
      Promise.all([
        post('/predict', { model: name, instances: [1] }),
        post(`/v2/models/${name}/infer`, {
          inputs: [{ name: 'x', shape: [1], datatype: 'FP32', data: [1] }],
        }),
      ]);
    const texts = async (name: string) =>
      (await refusals(name)).map(([status, text]) => [status, text.replaceAll(name, 'it')]);

    const known = await texts(DIGITS);
    expect(known.map(([status]) => status)).toEqual([403, 403]);
    expect(await texts(`${DIGITS}@production`)).toEqual(known);
    expect(await texts('nobodys-model')).toEqual(known);
    expect((await post('/predict', { instances: [1] }))[0]).toBe(403);
    const [status, text] = await post('/predict', { model: `${TYPES}@other`, instances: [1] });
    expect([status, text]).toEqual([404, expect.stringContaining(`served are ${TYPES}@production`)]);
    expect(text).not.toContain(DIGITS);
  });
});
