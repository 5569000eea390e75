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

jest.setTimeout(240_000);

/** About 4 µs each on a fast machine: as a rule long enough for another version to take over meanwhile. */
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
    let [version, next] = ['1', '2'];
    // Not proven otherwise: the run has to outlast the swap. Where it did not, a longer one comes, and the way back.
    for (let longTurns = TURNS, isProven = false; !isProven; longTurns *= 2) {
      let isAnswered = false;
      const running = ask(app, model, longTurns).finally(() => (isAnswered = true));
      const waiting = Array.from({ length: WAITING }, (_, turns) => ask(app, model, turns));
      await moveAlias(mlflow, model, 'production', next);
      await until(
        () => get(app, '/models'),
        ({ body }) => (body as { models: { version: string }[] }).models[0]?.version === next,
      );
      isProven = !isAnswered;

      expect(await ask(app, model, 7)).toMatchObject({
        status: 200,
        body: { predictions: [7], model: { version: next } },
      });
      const answers = await Promise.all([running, ...waiting]);
      for (const [at, turns] of [longTurns, ...waiting.keys()].entries())
        expect(answers[at]).toMatchObject({
          status: 200,
          body: { predictions: [turns], model: { version } },
        });
      [version, next] = [next, version];
    }
  });
});
