import type { RunningService } from '@tidegate/bootstrap';
import { startOwnPostgres, type OwnPostgres } from '@tidegate/testing';
import {
  answerOf,
  eventually,
  metric,
  newEvent,
  post,
  readJson,
  startLogging,
  statusOf,
} from './logging-app';

describe('PostgreSQL away', () => {
  let postgres: OwnPostgres;
  let databaseUrl: string;
  let service: RunningService;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    databaseUrl = await postgres.createDatabase('logging');
  }, 120_000);
  afterEach(async () => {
    await service.shutdown('test');
  });
  afterAll(async () => {
    await postgres.remove();
  }, 120_000);

  const isReady = async (): Promise<boolean> => (await statusOf(`${service.url}/ready`)) === 200;

  it('starts without it, says so, and serves as soon as it is there', async () => {
    await postgres.stop();
    service = await startLogging(databaseUrl);
    const { url } = service;
    expect(await readJson(`${url}/ready`)).toMatchObject({
      status: 'not_ready',
      reason: 'db_not_initialized',
    });
    expect(await readJson(`${url}/health`)).toMatchObject({ status: 'healthy', db_initialized: false });
    expect(await metric(url, 'logging_db_initialized')).toBe(0);
    for (const path of ['predictions', 'predictions/x', 'stats'])
      expect(await readJson(`${url}/${path}`)).toMatchObject({ status: 503, code: 'DATABASE_UNAVAILABLE' });
    expect((await post(url, newEvent())).status).toBe(503);
    await postgres.start();
    await eventually(isReady);
    expect((await post(url, newEvent())).status).toBe(201);
  });

  it('answers 503 with Retry-After while it is stopped, stays healthy, and comes back by itself', async () => {
    service = await startLogging(databaseUrl);
    const { url } = service;
    await eventually(isReady);
    const event = newEvent();
    expect((await post(url, event)).status).toBe(201);
    await postgres.stop();
    const reply = await post(url, newEvent());
    expect(reply.status).toBe(503);
    expect(reply.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(reply.body).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await eventually(async () => !(await isReady()));
    expect(await statusOf(`${url}/health`)).toBe(200);
    expect(await statusOf(`${url}/live`)).toBe(200);
    expect(await metric(url, 'logging_errors_total')).toBe(1);
    await postgres.start();
    await eventually(isReady);
    expect(answerOf(await post(url, event)).duplicates).toBe(1);
    expect(answerOf(await post(url, newEvent())).stored).toBe(1);
  });

  it('keeps what it acknowledged, counted once, when it is cut off under load and everything is sent again', async () => {
    service = await startLogging(databaseUrl);
    const { url } = service;
    await eventually(isReady);
    const events = Array.from({ length: 300 }, () => newEvent({ model: 'cut-off' }));
    const sendAll = (): Promise<number[]> =>
      Promise.all(events.map((event) => post(url, event).then(({ status }) => status)));
    const sending = sendAll();
    await postgres.stop();
    const statuses = await sending;
    expect(statuses.every((status) => status === 201 || status === 503)).toBe(true);
    await postgres.start();
    await eventually(isReady);
    expect((await sendAll()).every((status) => status === 201)).toBe(true);
    const stats = await readJson(`${url}/stats?model=cut-off`);
    expect(stats['totals']).toMatchObject({ count: 300 });
  });
});
