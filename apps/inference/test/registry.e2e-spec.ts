import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { runPython, trackingEnvironment, useAwsSimulator, useTestMlflow } from '@tidegate/testing';
import {
  type Answer,
  get,
  type InferenceUnderTest,
  moveAlias,
  predict,
  registryScenario,
  startInferenceUnderTest,
  uniqueModelName,
  until,
  untilReady,
} from './inference-under-test';
import { callRegistry, moveToStage, registerVersionAt } from './registry-calls';

jest.setTimeout(240_000);

/** What `/models` says of a model. */
interface ShownModel {
  readonly model: string;
  readonly state: string;
  readonly version?: string;
  readonly failure?: {
    readonly code: string;
    readonly cause: string;
    readonly remedy: string;
    readonly version: string;
  };
  readonly [field: string]: unknown;
}

const INSTANCES = [{ count: 7, word: 'tide' }];
const SAME = [{ same_count: [7], same_word: ['tide'] }];

const mlflow = useTestMlflow();
const model = uniqueModelName('followed');
let app: InferenceUnderTest;

beforeAll(() => registryScenario(mlflow, 'identity', model, 'production'));

beforeEach(() => moveAlias(mlflow, model, 'production', '1'));

afterEach(() => app.remove());

function register(scenario: string, ...args: readonly string[]): Promise<{ version: string }> {
  return registryScenario(mlflow, scenario, model, 'production', ...args);
}

async function shown(index = 0): Promise<ShownModel> {
  const { models } = (await get(app, '/models')).body as unknown as { models: ShownModel[] };
  return models[index] ?? { model: '', state: 'not shown' };
}

function untilShown(isTrue: (model: ShownModel) => boolean, index = 0): Promise<ShownModel> {
  return until(() => shown(index), isTrue);
}

async function expectPrediction(version: string): Promise<void> {
  const { status, body } = await predict(app, { model, instances: INSTANCES });
  expect([status, body.predictions]).toEqual([200, SAME]);
  expect((body as { model?: { version?: string } }).model?.version).toBe(version);
}

describe('what MODELS selects', () => {
  it('follows the newest version and a stage, as it follows an alias', async () => {
    await moveToStage(mlflow, model, '1', 'Staging');
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `models:/${model}/latest,${model}/staging,${model}/1`,
    });
    await untilReady(app);
    expect((await shown(1)).model).toBe(`${model}/Staging`);

    const newest = await register('identity');
    await untilShown(({ version }) => version === newest.version);
    await expectPrediction(newest.version);
    await moveToStage(mlflow, model, newest.version, 'Staging');
    await untilShown(({ version }) => version === newest.version, 1);
    expect((await shown(2)).version).toBe('1');
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    for (const stage of ['latest', 'Staging', '1']) {
      expect(metrics).toContain(`inference_model_loaded{model="${model}",stage="${stage}"} 1`);
      expect(metrics).toContain(`inference_model_from_disk{model="${model}",stage="${stage}"} 0`);
    }
  });

  it('serves each version that is followed by its number, and the first one of MODELS without', async () => {
    const { version } = await register('identity');
    await moveAlias(mlflow, model, 'production', '1');
    app = await startInferenceUnderTest(mlflow, { MODELS: `${model}@production,${model}/${version}` });
    await untilReady(app);
    const infer = async (path: string): Promise<[number, unknown]> => {
      const inputs = [
        { name: 'count', shape: [1, 1], datatype: 'INT64', data: [7] },
        { name: 'word', shape: [1, 1], datatype: 'BYTES', data: ['tide'] },
      ];
      const init = { method: 'POST', body: JSON.stringify({ inputs }) };
      const answer = await fetch(`${app.url}/v2/models/${path}/infer`, init);
      return [answer.status, ((await answer.json()) as { model_version?: string }).model_version];
    };
    expect(await infer(model)).toEqual([200, '1']);
    for (const served of ['1', version]) {
      const path = `${model}/versions/${served}`;
      expect((await get(app, `/v2/models/${path}/ready`)).status).toBe(200);
      expect(await infer(path)).toEqual([200, served]);
    }
    const unserved = `${model}/versions/999`;
    expect((await get(app, `/v2/models/${unserved}/ready`)).status).toBe(404);
    expect(await infer(unserved)).toEqual([404, undefined]);
  });

  it('is ready without a challenger that cannot be had', async () => {
    app = await startInferenceUnderTest(mlflow, { MODELS: `${model}@production,${model}@nobody;shadow=10%` });
    await untilShown(({ failure }) => failure !== undefined, 1);
    await untilReady(app);
    expect((await get(app, '/v2/health/ready')).status).toBe(200);
    expect((await get(app, '/health')).body).toMatchObject({ model_loaded: true });
    await expectPrediction('1');
    expect(await shown(1)).toMatchObject({ model: `${model}@nobody`, state: 'waiting' });
  });

  it('shows how a model is served and logged, and a challenger beside it', async () => {
    const options = 'execution=worker;workers=2;logSample=0.5;logInputs=hash;redact=word';
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${model}@production;${options},${model}/latest;shadow=12.5%`,
      LOGGING_URL: 'http://127.0.0.1:1',
      LOG_SAMPLE: '0.75',
    });
    await untilReady(app);

    expect(await shown()).toMatchObject({
      model: `${model}@production`,
      execution: 'worker',
      workers: 2,
      from_disk: false,
      source: expect.stringContaining('mlflow-artifacts:') as string,
      loaded_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      log: { sample: 0.5, inputs: 'hash', redact: ['word'] },
    });
    expect(await shown()).not.toHaveProperty('shadow_share');
    expect(await shown(1)).toMatchObject({
      model: `${model}/latest`,
      shadow_share: 0.125,
      workers: 1,
      log: { sample: 0.75, inputs: 'none', redact: [] },
    });
  });
});

describe('a version that cannot be served', () => {
  const broken: [string, string, string][] = [
    ['whose upload stopped in the middle', 'truncated', 'onnxruntime cannot load model.onnx'],
    ['without the file its MLmodel names', 'incomplete', 'onnxruntime cannot load model.onnx'],
    ['without its external data', 'without-data', 'weights.bin'],
    ['whose signature is of another graph', 'contradictory', 'the graph needs the input "count"'],
  ];

  it.each(broken)('%s never replaces a good one', async (_what, scenario, cause) => {
    app = await startInferenceUnderTest(mlflow, { MODELS: `${model}@production` });
    await untilReady(app);
    const { version: tried } = await register(scenario);

    const { failure, state, version } = await untilShown((each) => each.failure !== undefined);
    expect({ state, version, failure }).toMatchObject({
      state: 'serving',
      version: '1',
      failure: { code: 'MODEL_INVALID', version: tried, cause: expect.stringContaining(cause) as string },
    });
    expect(failure?.remedy).toContain('move the alias back');
    await expectPrediction('1');

    await moveAlias(mlflow, model, 'production', '1');
    await untilShown((each) => each.failure === undefined);
  });

  it('with another hash than its tag says never replaces a good one; with the right hash it does', async () => {
    app = await startInferenceUnderTest(mlflow, { MODELS: `${model}@production` });
    await untilReady(app);
    const wrong = createHash('sha256').update('something else').digest('hex');
    await register('tagged', wrong);

    const { failure } = await untilShown((each) => each.failure !== undefined);
    expect(failure).toMatchObject({
      code: 'MODEL_INVALID',
      cause: expect.stringContaining(`model.onnx: expected SHA-256 ${wrong}, got`) as string,
    });
    await expectPrediction('1');

    const right = await register('tagged');
    await untilShown(({ version }) => version === right.version);
    await expectPrediction(right.version);
  });

  it('larger than allowed is not downloaded', async () => {
    app = await startInferenceUnderTest(mlflow, { MODELS: `${model}@production`, MODEL_MAX_BYTES: '100000' });
    await untilReady(app);
    await register('padded', '100000');

    const { failure } = await untilShown((each) => each.failure !== undefined);
    expect(failure).toMatchObject({
      code: 'MODEL_TOO_LARGE',
      cause: expect.stringMatching(/holds 1\d{5} bytes, more than 100000/) as string,
      remedy: expect.stringContaining('MODEL_MAX_BYTES') as string,
    });
    await expectPrediction('1');
    expect(await readdir(path.join(app.cacheDir, model))).toHaveLength(1);
  });

  it('whose artifacts are out of reach says how to make them reachable', async () => {
    const version = await registerVersionAt(mlflow, model, 'gs://models/digits');
    app = await startInferenceUnderTest(mlflow, { MODELS: `${model}/${version}` });

    const { failure } = await untilShown((each) => each.failure !== undefined);
    expect(failure).toMatchObject({
      code: 'MODEL_DOWNLOAD_FAILED',
      cause: 'Artifacts are at a gs: URI; expected mlflow-artifacts: or s3:.',
      remedy: expect.stringContaining('--serve-artifacts') as string,
    });
    const { body } = await get(app, '/ready');
    expect(body).toMatchObject({ models: [{ code: 'MODEL_DOWNLOAD_FAILED', remedy: failure?.remedy }] });
  });
});

describe('artifacts beside the proxy', () => {
  const aws = useAwsSimulator();

  it('are served from S3, and through a copied version', async () => {
    const bucket = uniqueModelName('artifacts');
    await uploadModel(bucket, 'of/a/run');
    const inS3 = await registerVersionAt(mlflow, model, `s3://${bucket}/of/a/run`);
    const script =
      'import sys, mlflow; v = mlflow.MlflowClient().copy_model_version(f"models:/{sys.argv[1]}/1", sys.argv[2]); print(v.version)';
    const copy = `${model}-copy`;
    await runPython(script, [model, copy], trackingEnvironment(mlflow));

    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${model}/${inS3},${copy}/1`,
      MLFLOW_S3_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: aws.environment.AWS_ACCESS_KEY_ID ?? '',
      AWS_SECRET_ACCESS_KEY: aws.environment.AWS_SECRET_ACCESS_KEY ?? '',
    });
    await untilReady(app);

    await expectPrediction(inS3);
    const copied: Answer = await predict(app, { model: copy, instances: INSTANCES });
    expect(copied.body.predictions).toEqual(SAME);
    expect(await shown()).toMatchObject({ source: `s3://${bucket}/of/a/run` });
  });

  it('that S3 does not give leave the old version serving, with what to do', async () => {
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${model}@production`,
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: aws.region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    await untilReady(app);
    const version = await registerVersionAt(mlflow, model, 's3://no-such-bucket/model');
    await callRegistry(mlflow, 'registered-models/alias', { name: model, alias: 'production', version });

    const { failure } = await untilShown((each) => each.failure !== undefined);
    expect(failure).toMatchObject({
      code: 'MODEL_DOWNLOAD_FAILED',
      cause: expect.stringContaining('s3://no-such-bucket/model/: NoSuchBucket') as string,
      remedy: 'Restore the artifacts in the bucket, or register the model again.',
    });
    await expectPrediction('1');
  });

  async function uploadModel(bucket: string, prefix: string): Promise<void> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-saved-'));
    try {
      await runPython(path.join(__dirname, 'registry_scenarios.py'), ['save', path.join(folder, 'model')]);
      const s3 = new S3Client({ ...aws.sdk, forcePathStyle: true });
      const CreateBucketConfiguration = { LocationConstraint: 'eu-west-2' } as const;
      await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
      for (const file of await readdir(path.join(folder, 'model'))) {
        const Body = await readFile(path.join(folder, 'model', file));
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}/${file}`, Body }));
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  }
});
