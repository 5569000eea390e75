import {
  type OwnMlflow,
  type OwnPostgres,
  startOwnMlflow,
  startOwnPostgres,
  trainSampleModel,
} from '@tidegate/testing';
import {
  get,
  type InferenceUnderTest,
  predict,
  startInferenceUnderTest,
  until,
  untilReady,
} from './inference-under-test';

jest.setTimeout(360_000);

describe('MLflow away', () => {
  let postgres: OwnPostgres;
  let mlflow: OwnMlflow;
  let app: InferenceUnderTest;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    mlflow = await startOwnMlflow(postgres);
    await trainSampleModel(mlflow, { modelName: 'away-digits' });
  });

  afterAll(async () => {
    await mlflow.remove();
    await postgres.remove();
  });

  afterEach(() => app.remove());

  it('at start: healthy but not ready, and the model loads by itself when MLflow comes', async () => {
    await mlflow.stop();
    app = await startInferenceUnderTest(mlflow, { MODELS: 'away-digits@production' });

    const { body } = await until(
      () => get(app, '/ready'),
      (answer) => JSON.stringify(answer.body).includes('REGISTRY_UNAVAILABLE'),
    );
    expect(body).toMatchObject({ status: 'not_ready', reason: 'model_not_loaded' });
    const health = await get(app, '/health');
    expect(health.status).toBe(200);
    expect(health.body).toMatchObject({ status: 'healthy', model_loaded: false, mlflow_accessible: false });
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    expect(metrics).toContain('inference_model_loaded{model="away-digits",stage="production"} 0');
    expect(await predict(app, { instances: [[1]] })).toMatchObject({
      status: 503,
      body: { code: 'MODEL_NOT_LOADED' },
    });

    await mlflow.start();
    expect((await untilReady(app)).body).toEqual({ status: 'ready', model_loaded: true });
    expect((await get(app, '/health')).body).toMatchObject({ model_loaded: true, mlflow_accessible: true });
  });

  it('later: predictions go on, and the state is shown', async () => {
    app = await startInferenceUnderTest(mlflow, { MODELS: 'away-digits@production' });
    await untilReady(app);

    await mlflow.stop();
    await until(
      () => get(app, '/health'),
      ({ body }) => body.mlflow_accessible === false,
    );

    expect((await predict(app, { instances: [Array(64).fill(1)] })).status).toBe(200);
    expect((await get(app, '/ready')).status).toBe(200);
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    expect(metrics).toContain('inference_mlflow_accessible 0');
    expect(metrics).toContain('inference_model_loaded{model="away-digits",stage="production"} 1');
    expect(app.logLines.filter(({ code }) => code === 'REGISTRY_UNAVAILABLE')).not.toHaveLength(0);
    await mlflow.start();
    await until(
      () => get(app, '/health'),
      ({ body }) => body.mlflow_accessible === true,
    );
  });
});
