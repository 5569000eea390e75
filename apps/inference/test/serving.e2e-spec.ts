import { ALLOWED_MODELS_HEADER } from '@tidegate/schemas';
import { trainSampleModel, useTestMlflow } from '@tidegate/testing';
import {
  type Answer,
  type ExpectedAnswers,
  get,
  type InferenceUnderTest,
  moveAlias,
  predict,
  type Prediction,
  registryScenario,
  startInferenceUnderTest,
  uniqueModelName,
  until,
  untilReady,
} from './inference-under-test';

jest.setTimeout(240_000);

const MODEL = uniqueModelName('digits');

describe('a model served from the registry', () => {
  const mlflow = useTestMlflow();
  const expected: Record<string, ExpectedAnswers> = {};
  let app: InferenceUnderTest;

  beforeAll(async () => {
    await trainSampleModel(mlflow, { modelName: MODEL });
    await trainSampleModel(mlflow, { modelName: MODEL, alias: 'challenger', variant: 'strong' });
    for (const version of ['1', '2']) {
      expected[version] = await registryScenario<ExpectedAnswers>(mlflow, 'answers', MODEL, version);
    }
  }, 240_000);

  beforeEach(async () => {
    await moveAlias(mlflow, MODEL, 'production', '1');
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${MODEL}@production`,
      // Nothing is to be refused for want of room.
      QUEUE_MAX_WAIT_MS: '0',
    });
    await untilReady(app);
  });

  afterEach(() => app.remove());

  it('predicts what onnxruntime in Python predicts, in the order of the instances', async () => {
    const { instances } = expectedOf('1');

    const { status, body } = await predict(app, { id: 'my-id', instances });

    expect(status).toBe(200);
    expect(body.id).toBe('my-id');
    expect(body.model).toEqual({ name: MODEL, version: '1', alias: 'production' });
    expect(differenceTo('1', body)).toBeLessThan(1e-6);
  });

  it('answers with the request id when the body has no id', async () => {
    const instances = expectedOf('1').instances.slice(0, 1);

    const { body, headers } = await predict(app, { instances }, { 'x-request-id': 'from-the-caller' });

    expect(body.id).toBe('from-the-caller');
    expect(headers.get('x-request-id')).toBe('from-the-caller');
  });

  it('lists for a caller that is limited to models only those', async () => {
    const namesFor = async (models: string): Promise<string[]> => {
      const answer = await fetch(`${app.url}/models`, { headers: { [ALLOWED_MODELS_HEADER]: models } });
      const body = (await answer.json()) as { models: { name: string }[] };
      return body.models.map(({ name }) => name);
    };
    expect(await namesFor(`other,${MODEL}`)).toEqual([MODEL]);
    expect(await namesFor('other')).toEqual([]);
  });

  it('keeps the old version when the new one is broken, and says why', async () => {
    await registryScenario(mlflow, 'corrupt', MODEL, 'production');

    const { body } = await until(
      () => get(app, '/models'),
      (answer) => 'failure' in first(answer.body.models),
    );

    expect(first(body.models)).toMatchObject({
      state: 'serving',
      version: '1',
      failure: {
        code: 'MODEL_INVALID',
        cause: expect.stringContaining('onnxruntime cannot load model.onnx') as string,
        remedy: expect.stringContaining('move the alias back') as string,
      },
    });
    expect((await get(app, '/ready')).status).toBe(200);
    const { instances } = expectedOf('1');
    expect(differenceTo('1', (await predict(app, { instances })).body)).toBeLessThan(1e-6);
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    expect(metrics).toMatch(
      new RegExp(`inference_model_reloads_total{model="${MODEL}",result="failure"} [1-9]`),
    );
    expect(app.logLines).toContainEqual(
      expect.objectContaining({ level: 'error', code: 'MODEL_INVALID', model: `${MODEL}@production` }),
    );

    await moveAlias(mlflow, MODEL, 'production', '1');
    await until(
      () => get(app, '/models'),
      (answer) => !('failure' in first(answer.body.models)),
    );
  });

  it('refuses what does not fit the model, naming the place, and stays healthy', async () => {
    const good = expectedOf('1').instances[0] ?? [];
    const refusals: readonly [unknown, string][] = [
      ['{"instances": [', 'expected JSON'],
      ['', 'expected JSON'],
      [[1], 'expected an object with the field instances, got an array of 1'],
      [{ instances: 7 }, 'instances: expected an array of 1 to 1024, got 7'],
      [{ instances: [] }, 'instances: expected an array of 1 to 1024, got an array of 0'],
      [{ instances: [good], inputs: [] }, 'unknown field "inputs"; expected id, model, instances'],
      [{ id: 'has spaces', instances: [good] }, 'id: expected 1 to 64 letters'],
      [{ instances: [good, good.slice(1)] }, 'instances[1]: expected an array of 64, got an array of 63'],
      [{ instances: [good, 'x'] }, 'instances[1]: expected an array of 64, got text "x"'],
      [{ instances: [good.with(5, NaN)] }, 'instances[0][5]: expected a float32 number, got null'],
      [
        { instances: [['NaN', ...good.slice(1)]] },
        'instances[0][0]: expected a float32 number, got text "NaN"',
      ],
      [
        { instances: [[[1], ...good.slice(1)]] },
        'instances[0][0]: expected a float32 number, got an array of 1',
      ],
      [{ instances: [good.with(63, 1e39)] }, 'instances[0][63]: expected a float32 number, got 1e+39'],
      [
        { instances: [Object.fromEntries(good.entries())] },
        'instances[0]: expected an array of 64, got an object',
      ],
    ];

    for (const [body, detail] of refusals) {
      const answer = await predict(app, body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'BODY_INVALID' } });
      expect(answer.body.detail).toContain(detail);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }

    expect((await predict(app, { model: 'other', instances: [good] })).body.code).toBe('MODEL_NOT_FOUND');
    const form = await fetch(`${app.url}/predict`, { method: 'POST', body: new URLSearchParams('a=1') });
    expect(form.status).toBe(415);
    // Those with two instances count twice, a body of another type once; the model that is not served counts for none.
    const failed = refusals.length + 3;
    expect((await get(app, '/health')).body).toMatchObject({ error_count: failed, prediction_count: 0 });
    expect((await predict(app, { instances: [good] })).status).toBe(200);
  });

  it('counts every instance of concurrent requests, for health and metrics alike', async () => {
    const instances = expectedOf('1').instances.slice(0, 3);

    await Promise.all(Array.from({ length: 40 }, () => predict(app, { instances })));

    const { body } = await get(app, '/health');
    expect(body).toMatchObject({
      status: 'healthy',
      service: 'inference-service',
      model_loaded: true,
      mlflow_accessible: true,
      prediction_count: 120,
      error_count: 0,
    });
    expect(Date.parse(String(body.startup_time))).toBeLessThanOrEqual(
      Date.parse(String(body.last_prediction_time)),
    );
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    expect(metrics).toContain(`inference_predictions_total{model="${MODEL}"} 120`);
    expect(metrics).toContain(`inference_errors_total{model="${MODEL}"} 0`);
    expect(metrics).toContain(`inference_model_loaded{model="${MODEL}",stage="production"} 1`);
    expect(metrics).toContain('inference_mlflow_accessible 1');
  });

  function expectedOf(version: string): ExpectedAnswers {
    const answers = expected[version];
    if (answers === undefined) throw new Error(`no version ${version} is known`);
    return answers;
  }

  /** Largest deviation from Python's probabilities; labels must be equal. */
  function differenceTo(version: string, body: Answer['body']): number {
    const predictions = body.predictions as readonly Prediction[];
    const { labels, probabilities } = expectedOf(version);
    expect(predictions.map(({ label }) => label)).toEqual(labels.slice(0, predictions.length));
    const differences = predictions.flatMap((prediction, row) =>
      prediction.probabilities.map((value, column) =>
        Math.abs(value - (probabilities[row]?.[column] ?? NaN)),
      ),
    );
    return Math.max(...differences);
  }
});

describe('models of other shapes', () => {
  const mlflow = useTestMlflow();
  let app: InferenceUnderTest;

  afterEach(() => app.remove());

  it('serves named inputs, text and integers beyond 2^53 without a change', async () => {
    const model = uniqueModelName('identity');
    await registryScenario(mlflow, 'identity', model, 'champion');
    app = await startInferenceUnderTest(mlflow, { MODELS: `${model}@champion` });
    await untilReady(app);

    const { body } = await predict(app, {
      instances: [
        { count: 7, word: 'tide' },
        { word: 'gäte 🌊', count: '9007199254740993' },
      ],
    });

    expect(body.predictions).toEqual([
      { same_count: [7], same_word: ['tide'] },
      { same_count: ['9007199254740993'], same_word: ['gäte 🌊'] },
    ]);
    for (const [instance, detail] of [
      [{ count: 1 }, 'instances[0].word: expected a value, got nothing'],
      [{ count: 1, word: 'a', cuont: 2 }, 'instances[0]: unknown field "cuont"; expected count, word'],
      [{ count: 1.5, word: 'a' }, 'instances[0].count: expected a whole number'],
      [{ count: 2 ** 53, word: 'a' }, 'as text beyond'],
      [{ count: 1, word: 2 }, 'instances[0].word: expected text without U+0000 and lone surrogates, got 2'],
      [[1, 'a'], 'instances[0]: expected an object with the fields count, word, got an array of 2'],
    ] as const) {
      const answer = await predict(app, { instances: [instance] });
      expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining(detail)]);
    }
  });

  it('says what to do about a flavour that is not served', async () => {
    const model = uniqueModelName('sklearn');
    await registryScenario(mlflow, 'sklearn', model, 'production');
    app = await startInferenceUnderTest(mlflow, { MODELS: `${model}@production` });

    const { body } = await until(
      () => get(app, '/ready'),
      (answer) => first(answer.body.models).code !== undefined,
    );

    const remedy = expect.stringContaining('Export the model to ONNX') as string;
    expect(body).toEqual({
      status: 'not_ready',
      reason: 'model_not_loaded',
      model_loaded: false,
      models: [{ model: `${model}@production`, code: 'MODEL_FLAVOUR_UNSUPPORTED', remedy }],
    });
    const failure = { code: 'MODEL_FLAVOUR_UNSUPPORTED', version: '1', remedy };
    expect(first((await get(app, '/models')).body.models)).toMatchObject({ state: 'waiting', failure });
    expect((await get(app, '/health')).status).toBe(200);
    expect(await predict(app, { instances: [[1]] })).toMatchObject({
      status: 503,
      body: { code: 'MODEL_NOT_LOADED' },
    });
  });
});

function first(items: unknown): Readonly<Record<string, unknown>> {
  return (items as readonly Readonly<Record<string, unknown>>[])[0] ?? {};
}
