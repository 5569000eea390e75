import { rename } from 'node:fs/promises';
import path from 'node:path';
import { useTestMlflow } from '@tidegate/testing';
import { ask, metricOf, registerModels } from './execution-models';
import {
  get,
  type InferenceUnderTest,
  startInferenceUnderTest,
  until,
  untilReady,
} from './inference-under-test';

jest.setTimeout(240_000);

/** Turns of the counting model that take seconds. */
const FOR_SECONDS = 2_000_000;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

describe('the probes of the inference app', () => {
  const mlflow = useTestMlflow();
  let app: InferenceUnderTest;

  afterEach(() => app.remove());

  it('say that it lives, and that it is not ready, while there is nothing to load', async () => {
    app = await startInferenceUnderTest(mlflow, { MODELS: 'none@production' });
    const known = await until(
      () => get(app, '/ready'),
      ({ body }) => JSON.stringify(body).includes('MODEL_VERSION_MISSING'),
    );

    expect(known).toMatchObject({
      status: 503,
      body: { status: 'not_ready', reason: 'model_not_loaded', model_loaded: false },
    });
    expect(await get(app, '/health')).toMatchObject({
      status: 200,
      body: {
        status: 'healthy',
        service: 'inference-service',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
        model_loaded: false,
        mlflow_accessible: true,
        startup_time: TIME,
        last_prediction_time: null,
        prediction_count: 0,
        error_count: 0,
      },
    });
    expect((await get(app, '/live')).status).toBe(200);
  });

  it('/health says 500 with the cause when no worker is left and none can be had, and 200 when one is back', async () => {
    const { counting } = await registerModels(mlflow, 'counting');
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${counting}@production;execution=worker;workers=1`,
      REQUEST_TIMEOUT_MS: '2000',
    });
    await untilReady(app);
    expect((await get(app, '/health')).status).toBe(200);
    // A new worker would read the files of the model.
    const files = path.join(app.cacheDir, counting);
    await rename(files, `${files}-gone`);

    const lost = await ask(app, counting, FOR_SECONDS);
    const unhealthy = await until(
      () => get(app, '/health'),
      ({ status }) => status === 500,
    );

    expect(lost).toMatchObject({ status: 504, body: { code: 'PREDICTION_TIMEOUT' } });
    const cause = `All workers of ${counting}@production are lost and new ones cannot be started: only a restart can help.`;
    expect(unhealthy.body).toMatchObject({ status: 'unhealthy', service: 'inference-service', cause });
    await logged({ level: 'warn', dependency: 'workers', from: 'healthy', to: 'unhealthy', cause });
    expect((await get(app, '/live')).status).toBe(200);

    await rename(`${files}-gone`, files);
    const healthy = await until(
      () => get(app, '/health'),
      ({ status }) => status === 200,
    );
    expect(healthy.body).toMatchObject({ status: 'healthy' });
    expect(healthy.body).not.toHaveProperty('cause');
    await logged({ level: 'info', dependency: 'workers', from: 'unhealthy', to: 'healthy' });
    expect((await ask(app, counting, 5)).body.predictions).toEqual([5]);
    expect(await metricOf(app, 'inference_workers_lost_total', counting)).toBe(1);
  });

  function logged(fields: object): Promise<unknown> {
    return until(
      () => Promise.resolve(app.logLines.filter(({ msg }) => msg.startsWith('workers '))),
      (lines) =>
        lines.some((line) => Object.entries(fields).every(([name, value]) => Object.is(line[name], value))),
    );
  }
});
