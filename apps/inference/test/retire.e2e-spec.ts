import { useTestMlflow } from '@tidegate/testing';
import { ask, registerModels, registerNextVersion } from './execution-models';
import {
  get,
  type InferenceUnderTest,
  moveAlias,
  startInferenceUnderTest,
  until,
  untilReady,
} from './inference-under-test';

jest.setTimeout(120_000);

/** About 4 µs each on a fast machine: long enough for another version to take over meanwhile. */
const TURNS = 1_000_000;
const WAITING = 3;

describe('a version that is replaced while it runs', () => {
  const mlflow = useTestMlflow();
  let model: string;
  let app: InferenceUnderTest;

  beforeAll(async () => {
    ({ counting: model } = await registerModels(mlflow, 'counting'));
    await registerNextVersion(mlflow, 'counting', model);
    await moveAlias(mlflow, model, 'production', '1');
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${model}@production;execution=worker;workers=1`,
      MODEL_POLL_INTERVAL_MS: '100',
      QUEUE_MAX_WAIT_MS: '0',
      REQUEST_TIMEOUT_MS: '100000',
    });
    await untilReady(app);
  }, 240_000);

  afterAll(() => app.remove());

  it('answers what it runs and what waits for it, and is freed only then', async () => {
    let isAnswered = false;
    const running = ask(app, model, TURNS).finally(() => (isAnswered = true));
    const waiting = Array.from({ length: WAITING }, (_, turns) => ask(app, model, turns));
    await moveAlias(mlflow, model, 'production', '2');
    await until(
      () => get(app, '/models'),
      ({ body }) => (body as { models: { version: string }[] }).models[0]?.version === '2',
    );
    // Not proven otherwise: the run has to outlast the swap.
    expect(isAnswered).toBe(false);

    expect(await ask(app, model, 7)).toMatchObject({
      status: 200,
      body: { predictions: [7], model: { version: '2' } },
    });
    const answers = await Promise.all([running, ...waiting]);
    [TURNS, ...waiting.keys()].forEach((turns, at) =>
      expect(answers[at]).toMatchObject({
        status: 200,
        body: { predictions: [turns], model: { version: '1' } },
      }),
    );
  });
});
