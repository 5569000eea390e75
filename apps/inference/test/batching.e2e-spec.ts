import { useTestMlflow } from '@tidegate/testing';
import { ask, metricOf, pythonAnswers, registerModels } from './execution-models';
import { type InferenceUnderTest, startInferenceUnderTest, untilReady } from './inference-under-test';

jest.setTimeout(120_000);

const CALLERS = 40;

describe('requests that come together', () => {
  const mlflow = useTestMlflow();
  let slow: string;
  let app: InferenceUnderTest;

  beforeAll(async () => {
    ({ slow } = await registerModels(mlflow, 'slow'));
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${slow}@production;workers=1`,
      QUEUE_MAX_WAIT_MS: '0',
    });
    await untilReady(app);
  }, 240_000);

  afterAll(() => app.remove());

  it('run together, and each gets what Python gives for its own rows', async () => {
    const requests = Array.from({ length: CALLERS }, (_, caller) =>
      Array.from({ length: 1 + (caller % 3) }, (_, row) => [caller / CALLERS, row, 1, -caller / 7]),
    );
    const expected = await pythonAnswers<number[][]>(mlflow, slow, requests.flat());

    const answers = await Promise.all(requests.map((rows) => ask(app, slow, ...rows)));

    expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 200));
    expect(answers.map(({ body }) => (body.predictions as unknown[]).length)).toEqual(
      requests.map(({ length }) => length),
    );
    const given = answers.flatMap(({ body }) => body.predictions as number[][]);
    const differences = given.flatMap((row, at) =>
      row.map((value, k) => Math.abs(value - (expected[at]?.[k] ?? NaN))),
    );
    expect(Math.max(...differences)).toBeLessThan(1e-3);
    expect(new Set(given.map((row) => row.join())).size).toBeGreaterThan(CALLERS);
    expect(await metricOf(app, 'inference_batch_rows_sum', slow)).toBe(given.length);
    expect(await metricOf(app, 'inference_batch_rows_count', slow)).toBeLessThan(CALLERS / 2);
  });
});
