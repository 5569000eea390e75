import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { predictionEventSchema } from '@tidegate/schemas';
import { trainSampleModel, useTestMlflow } from '@tidegate/testing';
import { EventReceiver } from './event-receiver';
import {
  type InferenceUnderTest,
  predict,
  startInferenceUnderTest,
  uniqueModelName,
  until,
  untilReady,
} from './inference-under-test';

jest.setTimeout(240_000);

const PIXELS = Array.from({ length: 64 }, (_, index) => index % 16);
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const MODEL = uniqueModelName('logged-digits');
const TOKEN = 'a-secret-of-the-services';

describe('events for the prediction log', () => {
  const mlflow = useTestMlflow();
  let receiver: EventReceiver;
  let app: InferenceUnderTest;

  beforeAll(async () => {
    await trainSampleModel(mlflow, { modelName: MODEL });
  }, 240_000);

  beforeEach(async () => {
    receiver = new EventReceiver();
    await receiver.start();
  });

  afterEach(async () => {
    await app.remove();
    await receiver.stop();
  });

  async function start(settings: Record<string, string> = {}): Promise<void> {
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${MODEL}@production`,
      LOGGING_URL: receiver.url,
      ...settings,
    });
    await untilReady(app);
  }

  it('carry one instance each, with what makes it traceable and the token of the services', async () => {
    await start({ LOG_INPUTS: 'full', INTERNAL_TOKEN: TOKEN });
    const headers = {
      'x-request-id': 'request-7',
      traceparent: TRACEPARENT,
      'x-tidegate-internal-token': TOKEN,
      'x-tidegate-subject': 'customer-7',
    };

    const { body } = await predict(app, { id: 'order-7', instances: [PIXELS, PIXELS] }, headers);
    await until(
      () => Promise.resolve(receiver.events.length),
      (count) => count === 2,
    );

    expect(receiver.tokens).toEqual(new Set([TOKEN]));
    expect(receiver.events.map(({ id }) => id)).toEqual(['order-7-0', 'order-7-1']);
    const event = predictionEventSchema.parse(receiver.events[0]);
    expect(event).toMatchObject({
      model: MODEL,
      version: '1',
      alias: 'production',
      inputs: PIXELS,
      outputs: (body.predictions as readonly unknown[])[0],
      request_id: 'request-7',
      traceparent: TRACEPARENT,
      subject: 'customer-7',
    });
    expect(event.timestamp).toBeDefined();
    expect(event.latency_ms).toBeGreaterThan(0);
  });

  it('name nobody whom they could not be deleted for: such a request is refused', async () => {
    await start();
    const { status, body } = await predict(
      app,
      { instances: [PIXELS] },
      { 'x-tidegate-subject': 'c'.repeat(129) },
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'REQUEST_INVALID' });
    await predict(app, { instances: [PIXELS] });
    await until(
      () => Promise.resolve(receiver.events.length),
      (count) => count > 0,
    );
    expect(receiver.events).toHaveLength(1);
    expect(receiver.events[0]).not.toHaveProperty('subject');
  });

  it('leave the inputs out unless told otherwise', async () => {
    await start();

    await predict(app, { instances: [PIXELS] });
    await until(
      () => Promise.resolve(receiver.events.length),
      (count) => count === 1,
    );

    expect(receiver.events[0]).not.toHaveProperty('inputs');
  });

  it('wait while the log is away, without a trace in the answers, and arrive later', async () => {
    await start();
    await receiver.stop();

    const statuses = [];
    for (let request = 0; request < 20; request += 1) {
      statuses.push((await predict(app, { id: `away-${request}`, instances: [PIXELS] })).status);
    }
    expect(new Set(statuses)).toEqual(new Set([200]));
    await until(
      () => Promise.resolve(app.logLines),
      (lines) => lines.some(({ context, level }) => context === 'PredictionLog' && level === 'warn'),
    );
    expect(receiver.events).toEqual([]);

    await receiver.start();
    await until(
      () => Promise.resolve(receiver.events.length),
      (count) => count >= 20,
    );
    expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(20);
    await until(
      async () => (await fetch(`${app.url}/metrics`)).text(),
      (metrics) => metrics.includes('inference_log_events_total{result="stored"} 20'),
    );
  });

  it('are delivered before the process ends', async () => {
    await start();
    await predict(app, { id: 'last', instances: Array(30).fill(PIXELS) });

    expect(await app.stop()).toBe(0);
    expect(receiver.events).toHaveLength(30);
  });

  it('wait on disk while the log is away, and are sent once by the next process after a crash', async () => {
    const spool = await mkdtemp(path.join(tmpdir(), 'tidegate-test-spool-'));
    try {
      await start({ LOG_SPOOL_DIR: spool });
      await receiver.stop();
      for (let request = 0; request < 20; request += 1) {
        expect((await predict(app, { id: `crash-${request}`, instances: [PIXELS] })).status).toBe(200);
      }
      await until(
        async () => (await fetch(`${app.url}/metrics`)).text(),
        (metrics) => /inference_log_events_waiting 20\n/.test(metrics) && !/spool_bytes 0\n/.test(metrics),
      );
      await until(
        () => segmentsIn(spool),
        (text) => text.includes('"crash-19-0"'),
      );
      await app.kill();
      await receiver.start();

      await start({ LOG_SPOOL_DIR: spool });
      await until(
        () => Promise.resolve(receiver.events.length),
        (count) => count >= 20,
      );
      expect(receiver.events.map(({ id }) => id)).toEqual(
        Array.from({ length: 20 }, (_, request) => `crash-${request}-0`),
      );
    } finally {
      await rm(spool, { recursive: true, force: true });
    }
  });

  it('of a process that is stopped while the log is frozen are sent by the next one, and none is lost', async () => {
    const spool = await mkdtemp(path.join(tmpdir(), 'tidegate-test-spool-'));
    try {
      await start({
        LOG_SPOOL_DIR: spool,
        SHUTDOWN_DRAIN_TIMEOUT_MS: '6000',
        METRICS_EMF_NAMESPACE: 'Tidegate/tidegate-test',
      });
      receiver.isFrozen = true;
      for (let request = 0; request < 20; request += 1) {
        expect((await predict(app, { id: `stop-${request}`, instances: [PIXELS] })).status).toBe(200);
      }
      expect(await app.stop()).toBe(0);
      expect(app.logLines.at(-1)).toMatchObject({ LogEventsLost: 0 });

      receiver.isFrozen = false;
      await start({ LOG_SPOOL_DIR: spool });
      await until(
        () => Promise.resolve(receiver.events.length),
        (count) => count >= 20,
      );
      expect(receiver.events.map(({ id }) => id)).toEqual(
        Array.from({ length: 20 }, (_, request) => `stop-${request}-0`),
      );
    } finally {
      await rm(spool, { recursive: true, force: true });
    }
  });

  it('are dropped, and counted, only when neither memory nor disk has room', async () => {
    const spool = await mkdtemp(path.join(tmpdir(), 'tidegate-test-spool-'));
    try {
      const settings = { LOG_SPOOL_DIR: spool, LOG_SPOOL_MAX_BYTES: '1048576', LOG_QUEUE_EVENTS: '1000' };
      await start({ ...settings, LOG_INPUTS: 'full' });
      await receiver.stop();
      for (let request = 0; request < 12; request += 1) {
        const instances = Array<readonly number[]>(500).fill(PIXELS);
        expect((await predict(app, { id: `full-${request}`, instances })).status).toBe(200);
      }
      const lost = await until(
        () => countOf(app, 'dropped'),
        (count) => count > 0,
      );
      await receiver.start();
      await until(
        async () => (await countOf(app, 'stored')) + (await countOf(app, 'dropped')),
        (count) => count === 6000,
      );
      expect(await countOf(app, 'dropped')).toBeGreaterThanOrEqual(lost);
      const ids = receiver.events.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBe(await countOf(app, 'stored'));
      expect(ids.slice(0, 2)).toEqual(['full-0-0', 'full-0-1']);
    } finally {
      await rm(spool, { recursive: true, force: true });
    }
  });

  it('are chosen and stripped as the model says', async () => {
    await start({ MODELS: `${MODEL}@production;logSample=0` });
    await predict(app, { instances: [PIXELS] });
    await app.remove();
    expect(receiver.events).toEqual([]);

    await start({ MODELS: `${MODEL}@production;logInputs=hash` });
    await predict(app, { instances: [PIXELS] });
    await until(
      () => Promise.resolve(receiver.events.length),
      (count) => count === 1,
    );
    expect(receiver.events[0]?.inputs).toEqual({ sha256: expect.stringMatching(/^[\da-f]{64}$/) as string });
  });

  it('are a reason to refuse predictions, when that is wanted, as soon as none can be kept', async () => {
    await start({ LOG_WHEN_FULL: 'refuse', LOG_QUEUE_EVENTS: '5' });
    await receiver.stop();
    const statuses: number[] = [];
    for (let request = 0; request < 8; request += 1) {
      statuses.push((await predict(app, { instances: [PIXELS] })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 503, 503, 503]);

    await receiver.start();
    await until(
      () => predict(app, { instances: [PIXELS] }),
      ({ status }) => status === 200,
    );
  });

  it.each(['memory', 'disk'])(
    'are all kept of what is answered under LOG_WHEN_FULL=refuse, with many large instances a request and no room in %s',
    async (place) => {
      const spool = await mkdtemp(path.join(tmpdir(), 'tidegate-test-spool-'));
      try {
        await start({
          LOG_WHEN_FULL: 'refuse',
          LOG_INPUTS: 'full',
          LOG_QUEUE_EVENTS: '1500',
          ...(place === 'disk' && { LOG_SPOOL_DIR: spool, LOG_SPOOL_MAX_BYTES: '1048576' }),
        });
        await receiver.stop();
        const ask = (request: number) =>
          predict(app, { id: `refuse-${request}`, instances: Array<unknown>(70).fill(PIXELS) });
        const answered: number[] = [];
        for (let refusals = 0, request = 0; refusals < 60; request += 6) {
          const requests = [0, 1, 2, 3, 4, 5].map((at) => request + at);
          const statuses = (await Promise.all(requests.map(ask))).map(({ status }) => status);
          expect(statuses.filter((status) => ![200, 503].includes(status))).toEqual([]);
          answered.push(...requests.filter((_, at) => statuses[at] === 200));
          refusals += statuses.filter((status) => status === 503).length;
        }
        expect(await countOf(app, 'dropped')).toBe(0);

        await receiver.start();
        await until(
          () => Promise.resolve(receiver.events.length),
          (count) => count >= 70 * answered.length,
        );
        expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(receiver.events.length);
        const logged = new Set(receiver.events.map(({ id }) => Number(id.split('-')[1])));
        expect([...logged].toSorted((one, other) => one - other)).toEqual(answered);
        expect(receiver.events).toHaveLength(70 * answered.length);
        expect(await countOf(app, 'dropped')).toBe(0);
      } finally {
        await rm(spool, { recursive: true, force: true });
      }
    },
  );

  it('that are lost at the stop are in the last line of the log, for CloudWatch', async () => {
    await start({ METRICS_EMF_NAMESPACE: 'Tidegate/tidegate-test', SHUTDOWN_DRAIN_TIMEOUT_MS: '4000' });
    await receiver.stop();
    await predict(app, { instances: [PIXELS, PIXELS, PIXELS] });

    await app.stop();

    expect(app.logLines.at(-1)).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Namespace: 'Tidegate/tidegate-test' }] },
      Service: 'inference',
      Predictions: 3,
      PredictionErrors: 0,
      RequestsOverloaded: 0,
      Batches: 1,
      BatchRows: 3,
      ModelsLoaded: 1,
      MlflowAccessible: 1,
      LogEventsWaiting: 0,
      LogEventsLost: 3,
      Http5xx: 0,
    });
  });
});

async function segmentsIn(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.seg'));
  return (await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')))).join('');
}

/** Events by what became of them. */
async function countOf(app: InferenceUnderTest, result: string): Promise<number> {
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  return Number(
    new RegExp(`^inference_log_events_total\\{result="${result}"\\} (\\d+)$`, 'm').exec(metrics)?.[1] ?? 0,
  );
}
