import { useTestMlflow } from '@tidegate/testing';
import { ask, type ExecutionModel, metricOf, pythonAnswers, registerModels } from './execution-models';
import {
  type Answer,
  get,
  type InferenceUnderTest,
  startInferenceUnderTest,
  until,
  untilReady,
} from './inference-under-test';

jest.setTimeout(240_000);

/** Turns of the counting model that take seconds, and more than anybody's life. */
const FOR_SECONDS = 1_500_000;
const FOR_EVER = 1e12;

describe('a model in worker threads', () => {
  const mlflow = useTestMlflow();
  let names: Record<Exclude<ExecutionModel, 'lookup'>, string>;
  let app: InferenceUnderTest;

  beforeAll(async () => {
    names = await registerModels(mlflow, 'slow', 'counting', 'centred', 'total', 'one_row', 'words');
  }, 240_000);

  afterEach(() => app.remove());

  async function start(settings: Record<string, string>): Promise<void> {
    app = await startInferenceUnderTest(mlflow, settings);
    await untilReady(app);
  }

  it('is there for slow models and for those that are told to, and /health answers between their runs', async () => {
    const { slow, one_row, words } = names;
    await start({
      MODELS: `${slow}@production;workers=2,${one_row}@production,${words}@production;execution=worker`,
    });
    expect(await facts(app)).toMatchObject([
      { name: slow, execution: 'worker', workers: 2, takes_rows: true, merges_requests: true },
      { name: one_row, execution: 'inline', takes_rows: false },
      { name: words, execution: 'worker', merges_requests: true },
    ]);

    const state = { answered: 0, healthy: 0 };
    const callers = Array.from({ length: 4 }, async () => {
      while (state.answered < 40) {
        expect((await ask(app, slow, [1, 2, 3, 4])).status).toBe(200);
        state.answered += 1;
      }
    });
    while (state.answered < 40) {
      expect((await get(app, '/health')).status).toBe(200);
      state.healthy += 1;
    }
    await Promise.all(callers);
    expect(state.healthy).toBeGreaterThan(state.answered);
  });

  it('gives there what Python gives: texts, one fixed row, rows that change each other, a sum', async () => {
    const { centred, one_row, total, words } = names;
    const served = [words, one_row, centred, total].map(
      (name) => `${name}@production;execution=worker;workers=2`,
    );
    await start({ MODELS: served.join(',') });

    const texts = ['Grüße', 'ÄB c', 'Z'];
    const rows = [[1, 2], [3, 5], [8, -1]]; // prettier-ignore
    expect(predictionsOf(await ask(app, words, ...texts))).toEqual(await pythonAnswers(mlflow, words, texts));
    expect(predictionsOf(await ask(app, one_row, ...rows))).toEqual([[2, 4], [6, 10], [16, -2]]); // prettier-ignore
    expect(predictionsOf(await ask(app, centred, ...rows))).toEqual(
      await pythonAnswers(mlflow, centred, rows),
    );
    expect(predictionsOf(await ask(app, total, ...rows))).toEqual(rows);
    const alone = await Promise.all(rows.flatMap((row) => [ask(app, centred, row), ask(app, centred, row)]));
    expect(alone.flatMap(predictionsOf)).toEqual(alone.map(() => [0, 0]));

    expect(await facts(app)).toMatchObject([
      { name: words, takes_rows: true, merges_requests: true },
      { name: one_row, takes_rows: false, merges_requests: false },
      { name: centred, takes_rows: true, merges_requests: false },
      { name: total, takes_rows: false, merges_requests: false },
    ]);
  });

  it('gives up a thread that does not come back: 504 for its requests only, and others take its place', async () => {
    const { counting } = names;
    await start({ MODELS: `${counting}@production;execution=worker;workers=1`, REQUEST_TIMEOUT_MS: '2000' });

    for (let stuck = 1; stuck <= 2; stuck += 1) {
      const running = ask(app, counting, FOR_SECONDS);
      await until(
        () => metricOf(app, 'inference_queue_duration_seconds_count', counting),
        (taken) => taken >= 2 * stuck - 1,
      );
      expect(timeoutOf(await running)).toContain('while the model ran');
      expect((await firstAnswered(app, counting)).body.predictions).toEqual([5]);
      expect(await metricOf(app, 'inference_workers_lost_total', counting)).toBeGreaterThanOrEqual(stuck);
    }
    const { body } = await get(app, '/health');
    expect(body).toMatchObject({ model_loaded: true, prediction_count: 2 });
  });

  it('stops although a thread is stuck for ever', async () => {
    const { counting } = names;
    await start({ MODELS: `${counting}@production;execution=worker;workers=1`, REQUEST_TIMEOUT_MS: '2000' });
    const [running, waiting] = await Promise.all([ask(app, counting, FOR_EVER), ask(app, counting, 1)]);
    expect(timeoutOf(running)).toContain('while the model ran');
    expect(timeoutOf(waiting)).toContain('in the queue');

    await app.stop();
    await until(
      () => Promise.resolve(app.logLines.at(-1)?.msg),
      (last) => last === 'stopped',
    );
  });
});

async function facts(app: InferenceUnderTest): Promise<unknown> {
  return (await get(app, '/models')).body.models;
}

function predictionsOf({ body }: Answer): readonly unknown[] {
  if (!Array.isArray(body.predictions)) throw new Error(`no predictions: ${JSON.stringify(body)}`);
  return body.predictions;
}

function timeoutOf({ status, body }: Answer): string {
  expect({ status, code: (body.error as { code?: string } | undefined)?.code ?? body.code }).toEqual({
    status: 504,
    code: 'PREDICTION_TIMEOUT',
  });
  return JSON.stringify(body);
}

/** With as many stuck threads as there may be, that is when one of them has ended. */
function firstAnswered(app: InferenceUnderTest, model: string): Promise<Answer> {
  return until(
    () => ask(app, model, 5),
    ({ status }) => status === 200,
    60_000,
  );
}
