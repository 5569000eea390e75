import path from 'node:path';
import type { PredictionEvent } from '@tidegate/schemas';
import { runPython, trackingEnvironment, useTestMlflow } from '@tidegate/testing';
import { EventReceiver } from './event-receiver';
import {
  type Answer,
  get,
  type InferenceUnderTest,
  predict,
  startInferenceUnderTest,
  uniqueModelName,
  until,
} from './inference-under-test';

jest.setTimeout(240_000);

const NAME = uniqueModelName('challenged');
/** Turns that take the challenger that counts them longer than all else that a test does. */
const LONG = 2_000_000;
const REQUEST_TIMEOUT_MS = 5000;
/** An alias that no version has. */
const MISSING = 'nobody';

interface Shown {
  readonly alias: string;
  readonly state: string;
}

describe('challengers in the shadow of a model', () => {
  const mlflow = useTestMlflow();
  let receiver: EventReceiver;
  let app: InferenceUnderTest;
  let requests = 0;

  beforeAll(async () => {
    await runPython(path.join(__dirname, 'challenger_models.py'), [NAME], trackingEnvironment(mlflow));
  }, 240_000);

  beforeEach(async () => {
    receiver = new EventReceiver();
    await receiver.start();
  });

  afterEach(async () => {
    await app.remove();
    await receiver.stop();
  });

  async function start(...challengers: readonly string[]): Promise<void> {
    const shadows = challengers.map((alias) => `${NAME}@${alias};shadow=100%`);
    app = await startInferenceUnderTest(mlflow, {
      MODELS: [`${NAME}@production`, ...shadows].join(','),
      LOGGING_URL: receiver.url,
      REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
    });
    // Ready is the service without its challengers.
    await until(
      async () => ((await get(app, '/models')).body as { models: readonly Shown[] }).models,
      (models) => models.every(({ alias, state }) => state === 'serving' || alias === MISSING),
    );
  }

  function ask(...numbers: readonly number[]): Promise<Answer> {
    requests += 1;
    return predict(app, { id: `request-${requests}`, instances: numbers });
  }

  /** What became of the requests that were considered for a challenger. */
  async function resultsOf(alias: string): Promise<Record<string, number>> {
    const text = await (await fetch(`${app.url}/metrics`)).text();
    const series = new RegExp(
      `^inference_shadow_requests_total\\{model="${NAME}",alias="${alias}",result="(\\w+)"\\} (\\d+)$`,
      'gm',
    );
    return Object.fromEntries(
      Array.from(text.matchAll(series), ([, result = '', count]): [string, number] => [
        result,
        Number(count),
      ]),
    );
  }

  function eventsOf(alias: string): PredictionEvent[] {
    return receiver.events.filter((event) => event.alias === alias);
  }

  it('run on what was answered: both are logged, and the caller gets what production says', async () => {
    await start('hundred', 'renamed', MISSING);

    const { status, body } = await ask(3, 7);
    expect([status, body]).toEqual([
      200,
      {
        id: `request-${requests}`,
        predictions: [3, 7],
        model: { name: NAME, version: '1', alias: 'production' },
      },
    ]);
    await until(
      () => Promise.resolve(receiver.events.length),
      (count) => count === 4,
    );

    const id = `request-${requests}`;
    expect(eventsOf('production')).toMatchObject([
      { id: `${id}-0`, model: NAME, version: '1', outputs: 3 },
      { id: `${id}-1`, model: NAME, version: '1', outputs: 7 },
    ]);
    for (const event of eventsOf('production')) expect(event).not.toHaveProperty('metadata');
    const metadata = { shadow_of: `${NAME}@production` };
    const shared = { model: NAME, version: '3', metadata, request_id: eventsOf('production')[0]?.request_id };
    expect(eventsOf('hundred')).toMatchObject([
      { ...shared, id: `${id}-0-hundred`, outputs: 103 },
      { ...shared, id: `${id}-1-hundred`, outputs: 107 },
    ]);
    expect(await Promise.all(['hundred', 'renamed', MISSING].map(resultsOf))).toEqual([
      { answered: 1 },
      { other_inputs: 1 },
      { not_loaded: 1 },
    ]);
  });

  it('that fail change no answer, are no errors of the service, and go on with the next request', async () => {
    await start('hundred');

    for (const number of [11, 5]) {
      const { status, body } = await ask(number);
      expect([status, body.predictions]).toEqual([200, [number]]);
      // One at a time, else the challenger passes it over.
      await until(
        () => resultsOf('hundred'),
        (results) => (number === 11 ? results.failed : results.answered) === 1,
      );
    }
    await until(
      () => Promise.resolve(receiver.events.length),
      (count) => count === 3,
    );

    expect(eventsOf('production').map(({ outputs }) => outputs)).toEqual([11, 5]);
    expect(eventsOf('hundred').map(({ outputs }) => outputs)).toEqual([105]);
    expect(await resultsOf('hundred')).toEqual({ failed: 1, answered: 1 });
    expect((await get(app, '/health')).body).toMatchObject({
      status: 'healthy',
      prediction_count: 2,
      error_count: 0,
    });
  });

  it('that are stuck keep nobody waiting and get nothing else, until their worker is replaced', async () => {
    await start('counting', 'hundred');

    expect((await ask(LONG)).body.predictions).toEqual([LONG]);
    const answers = [];
    for (let number = 0; number < 8; number += 1) answers.push((await ask(number)).body.predictions);
    // The challenger's turn comes after the answer.
    const results = await until(
      () => resultsOf('counting'),
      ({ skipped = 0 }) => skipped >= 8,
    );
    // It has not ended yet, and the last answer is there.
    expect(results).toEqual({ skipped: 8 });
    expect(answers).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((number) => [number]));

    await until(
      () => resultsOf('counting'),
      ({ failed }) => failed === 1,
    );
    expect(eventsOf('counting')).toEqual([]);
    expect((await get(app, '/health')).body).toMatchObject({ status: 'healthy', error_count: 0 });
    await until(
      async () => {
        await ask(1);
        return resultsOf('counting');
      },
      ({ answered = 0 }) => answered > 0,
    );
    await until(
      () => Promise.resolve(eventsOf('counting')),
      ([first]) => first !== undefined,
    );
    const { answered, failed } = await resultsOf('hundred');
    expect([(answered ?? 0) > 0, failed]).toEqual([true, 1]);
  });
});
