import { ask, metricOf, pythonAnswers } from './execution-models';
import { get } from './inference-under-test';
import { useSlowModel } from './slow-model';

jest.setTimeout(240_000);

const CALLERS = 300;

describe('more requests than a model can run', () => {
  const slow = useSlowModel({
    BATCH_MAX_ROWS: '4',
    METRICS_EMF_NAMESPACE: 'Tidegate/tidegate-test',
  });

  it('are refused at once with the time to come back, and those that are taken are answered right', async () => {
    const { mlflow, name, app } = slow;
    const row = [0.5, -1, 2, 0.25];
    const [expected] = await pythonAnswers<[number[]]>(mlflow, name, [row]);
    expect((await ask(app, name, row)).status).toBe(200);

    const answers = await Promise.all(Array.from({ length: CALLERS }, () => ask(app, name, row)));

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
    expect(await metricOf(app, 'inference_rejected_total', name)).toBe(refused.length);
    expect((await get(app, '/health')).body).toMatchObject({
      prediction_count: taken.length + 1,
      error_count: 0,
    });
    expect((await ask(app, name, row)).status).toBe(200);

    await app.stop();
    expect(app.logLines.at(-1)).toHaveProperty('RequestsOverloaded');
    // There is one such line a minute, and one at the end.
    const sumOf = (name: string): number =>
      app.logLines.reduce((sum, { [name]: value }) => sum + Number(value ?? 0), 0);
    expect([sumOf('RequestsOverloaded'), sumOf('BatchRows')]).toEqual([refused.length, taken.length + 2]);
  });
});
