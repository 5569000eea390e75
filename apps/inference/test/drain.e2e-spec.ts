import { connect } from 'node:net';
import { once } from 'node:events';
import { trainSampleModel, useTestMlflow } from '@tidegate/testing';
import { Client } from 'undici';
import { ask, metricOf, registerModels } from './execution-models';
import {
  get,
  type InferenceUnderTest,
  startInferenceUnderTest,
  uniqueModelName,
  until,
  untilReady,
} from './inference-under-test';

jest.setTimeout(240_000);

const MODEL = uniqueModelName('digits');
const BODY = JSON.stringify({ instances: [new Array(64).fill(0)] });
const CLIENTS = 10;
/** Turns of the counting model that take some seconds. */
const FOR_SECONDS = 1_000_000;

describe('SIGTERM', () => {
  const mlflow = useTestMlflow();
  let app: InferenceUnderTest;

  afterEach(() => app.remove());

  it('while clients ask without a pause: every request is answered, every connection told to close, exit code 0', async () => {
    await trainSampleModel(mlflow, { modelName: MODEL });
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${MODEL}@production`,
      SHUTDOWN_READINESS_GRACE_MS: '5000',
      QUEUE_MAX_WAIT_MS: '0',
    });
    await untilReady(app);
    const clients = Array.from({ length: CLIENTS }, () => new KeepAliveClient(app.url));
    await until(
      () => Promise.resolve(clients.map(({ answered }) => answered)),
      (counts) => counts.every((count) => count > 5),
    );

    const exitCode = app.stop();
    // As a load balancer sees it; new connections are still served.
    expect(
      (
        await until(
          () => get(app, '/ready'),
          ({ status }) => status === 503,
        )
      ).body,
    ).toEqual({
      status: 'not_ready',
      reason: 'draining',
      model_loaded: true,
      models: [],
    });
    expect(await get(app, '/health')).toMatchObject({ status: 200, body: { status: 'healthy' } });
    await Promise.all(clients.map(({ ended }) => ended));

    expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
    expect(await exitCode).toBe(0);
    expect(await refusal(app.url)).toBe('ECONNREFUSED');
    expect(app.logLines.at(-1)).toMatchObject({ msg: 'stopped' });
    expect(app.logLines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  });

  it('while a model runs: the prediction is answered before the process ends', async () => {
    const { counting } = await registerModels(mlflow, 'counting');
    app = await startInferenceUnderTest(mlflow, {
      MODELS: `${counting}@production;execution=worker;workers=1`,
      // On a slow machine the seconds are minutes.
      REQUEST_TIMEOUT_MS: '100000',
      SHUTDOWN_DRAIN_TIMEOUT_MS: '100000',
    });
    await untilReady(app);
    const running = ask(app, counting, FOR_SECONDS);
    await until(
      () => metricOf(app, 'inference_queue_duration_seconds_count', counting),
      (taken) => taken === 1,
    );
    const waiting = ask(app, counting, 7);
    await until(
      () => metricOf(app, 'inference_queue_rows', counting),
      (rows) => rows === 1,
    );

    const exitCode = app.stop();

    expect(await running).toMatchObject({ status: 200, body: { predictions: [FOR_SECONDS] } });
    expect(await waiting).toMatchObject({ status: 200, body: { predictions: [7] } });
    expect((await running).headers.get('connection')).toBe('close');
    expect(await exitCode).toBe(0);
  });
});

/**
 * Asks over one connection until the server says that it closes it, then once over a new one: who is told so late, or was
 * just about to connect, must be served as well.
 */
class KeepAliveClient {
  answered = 0;
  readonly failures: unknown[] = [];
  readonly ended: Promise<void>;

  constructor(private readonly url: string) {
    this.ended = this.run();
  }

  private async run(): Promise<void> {
    for (let connection = 1; connection <= 2; connection += 1) {
      const client = new Client(this.url);
      while (await this.ask(client));
      await client.close();
    }
  }

  /** Whether the connection can be used again. */
  private async ask(client: Client): Promise<boolean> {
    try {
      const { statusCode, headers, body } = await client.request({
        method: 'POST',
        path: '/predict',
        headers: { 'content-type': 'application/json' },
        body: BODY,
      });
      const text = await body.text();
      if (statusCode !== 200 || !text.includes('"predictions":[{')) this.failures.push({ statusCode, text });
      this.answered += 1;
      return headers.connection !== 'close';
    } catch (error) {
      this.failures.push(error);
      return false;
    }
  }
}

async function refusal(url: string): Promise<string | undefined> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  return error.code;
}
