import { ask, metricOf, pythonAnswers } from './execution-models';
import { useSlowModel } from './slow-model';

jest.setTimeout(240_000);

const CALLERS = 40;
/** Rows that keep the worker busy until the callers are there, however slow the machine is. */
const FIRST_ROWS = Array.from({ length: 40 }, () => [1, 0, 0, 1]);

describe('requests that come together', () => {
  const slow = useSlowModel({ QUEUE_MAX_WAIT_MS: '0' });

  it('run together, and each gets what Python gives for its own rows', async () => {
    const { mlflow, name, app } = slow;
    const requests = Array.from({ length: CALLERS }, (_, caller) =>
      Array.from({ length: 1 + (caller % 3) }, (_, row) => [caller / CALLERS, row, 1, -caller / 7]),
    );
    const expected = await pythonAnswers<number[][]>(mlflow, name, requests.flat());

    const first = ask(app, name, ...FIRST_ROWS);
    const answers = await Promise.all(requests.map((rows) => ask(app, name, ...rows)));

    expect((await first).status).toBe(200);
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
    expect(await metricOf(app, 'inference_batch_rows_sum', name)).toBe(FIRST_ROWS.length + given.length);
    expect(await metricOf(app, 'inference_batch_rows_count', name)).toBeLessThan(CALLERS / 2);
  });
});
