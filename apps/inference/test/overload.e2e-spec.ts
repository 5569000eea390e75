import { useTestMlflow } from '@tidegate/testing';
import { ask, metricOf, pythonAnswers, registerModels } from './execution-models';
import { get, type InferenceUnderTest, startInferenceUnderTest, untilReady } from './inference-under-test';

jest.setTimeout(120_000);

const CALLERS = 300;

describe('more requests than a model can run', () => {
  const mlflow = useTestMlflow();
  let slow: string;
  let app: InferenceUnderTest;

  beforeAll(async () => {
    ({ slow } = await registerModels(mlflow, 'slow'));
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${slow}@production;workers=1`,
      BATCH_MAX_ROWS: '4',
    });
    await untilReady(app);
  }, 240_000);

  afterAll(() => app.remove());

  it('are refused at once with the time to come back, and those that are taken are answered right', async () => {
    const row = [0.5, -1, 2, 0.25];
    const [expected] = await pythonAnswers<[number[]]>(mlflow, slow, [row]);
    expect((await ask(app, slow, row)).status).toBe(200);

    const answers = await Promise.all(Array.from({ length: CALLERS }, () => ask(app, slow, row)));

    const taken = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    expect(taken.length + refused.length).toBe(CALLERS);
    expect(taken.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    for (const { body } of taken) {
      const [given = []] = body.predictions as number[][];
      given.forEach((value, index) => expect(value).toBeCloseTo(expected[index] ?? NaN, 3));
    }
    for (const { headers, body } of refused) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(JSON.stringify(body)).toContain('QUEUE_FULL');
    }
    expect(await metricOf(app, 'inference_rejected_total', slow)).toBe(refused.length);
    expect((await get(app, '/health')).body).toMatchObject({
      prediction_count: taken.length + 1,
      error_count: 0,
    });
    expect((await ask(app, slow, row)).status).toBe(200);
  });
});
