import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunningService } from '@tidegate/bootstrap';
import { createPool } from '@tidegate/database';
import { Spool } from '@tidegate/spool';
import { isSpoolEmpty, startOwnPostgres, type OwnPostgres } from '@tidegate/testing';
import type { Pool } from 'pg';
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
import { expectCountedOnce } from './stored-events';

describe('the spool of the prediction log', () => {
  let postgres: OwnPostgres;
  let databaseUrl: string;
  let database: Pool;
  let spoolDir: string;
  let service: RunningService | undefined;
  let databases = 0;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
  }, 120_000);
  beforeEach(async () => {
    await postgres.start();
    databaseUrl = await postgres.createDatabase(`spool_${(databases += 1)}`);
    database = createPool({ connection: { url: databaseUrl }, applicationName: 'test' });
    spoolDir = path.join(await mkdtemp(path.join(tmpdir(), 'tidegate-test-spool-')), 'spool');
  });
  afterEach(async () => {
    await stop();
    await database.end();
    await rm(path.dirname(spoolDir), { recursive: true });
  });
  afterAll(() => postgres.remove(), 120_000);

  async function start(settings: Readonly<Record<string, string>> = {}): Promise<string> {
    const durable = { SPOOL_DIR: spoolDir, SPOOL_IS_DURABLE: 'true' };
    service = await startLogging(databaseUrl, { ...durable, ...settings });
    return service.url;
  }

  async function stop(): Promise<void> {
    await service?.shutdown('test');
    service = undefined;
  }

  const untilStored = (url: string): Promise<void> =>
    eventually(async () => (await readJson(`${url}/ready`))['db_initialized'] === true);
  const untilEmpty = (url: string): Promise<void> => eventually(() => isSpoolEmpty(url));
  const untilSpoolIsReady = (url: string): Promise<void> =>
    eventually(async () => (await statusOf(`${url}/ready`)) === 200);

  /** @returns the id */
  async function spool(url: string, changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const event = newEvent(changes);
    const reply = await post(url, event);
    expect(reply.status).toBe(202);
    expect(answerOf(reply).results).toEqual([{ id: event['id'], status: 'spooled' }]);
    return String(event['id']);
  }

  it('takes events before the database was ever seen, over a restart, and stores them in the end', async () => {
    await postgres.stop();
    const ids: string[] = [];
    let url = await start();
    await untilSpoolIsReady(url);
    for (let count = 0; count < 5; count += 1) ids.push(await spool(url));
    await stop();
    url = await start();
    await untilSpoolIsReady(url);
    expect(await metric(url, 'logging_spool_records')).toBe(5);
    expect(await metric(url, 'logging_spool_bytes')).toBeGreaterThan(500);
    expect(await metric(url, 'logging_spool_oldest_age_seconds')).toBeGreaterThan(0);
    ids.push(await spool(url));
    expect(await readJson(`${url}/health`)).toMatchObject({ prediction_count: 0, error_count: 0 });
    await postgres.start();
    await untilStored(url);
    await untilEmpty(url);
    expect(await readJson(`${url}/health`)).toMatchObject({ prediction_count: 6, error_count: 0 });
    expect(await metric(url, 'logging_spool_oldest_age_seconds')).toBe(0);
    await expectCountedOnce(databaseUrl, ids);
  });

  it('counts once what was committed although its sender never heard of it', async () => {
    const url = await start();
    await untilStored(url);
    const event = newEvent();
    expect((await post(url, event)).status).toBe(201);
    await postgres.stop();
    expect((await post(url, event)).status).toBe(202);
    expect((await post(url, [event, newEvent()])).status).toBe(202);
    await postgres.start();
    await untilStored(url);
    await untilEmpty(url);
    expect(await readJson(`${url}/health`)).toMatchObject({ prediction_count: 2 });
    await expectCountedOnce(databaseUrl, [String(event['id'])]);
  });

  it('names what it rejects beside what it spools, and rejects a whole request as ever', async () => {
    const url = await start();
    await untilStored(url);
    await postgres.stop();
    const reply = await post(url, [newEvent(), { id: 'bad' }, newEvent()]);
    expect(reply.status).toBe(202);
    expect(answerOf(reply)).toMatchObject({ stored: 0, duplicates: 0, spooled: 2, rejected: 1 });
    expect((await post(url, { id: 'bad' })).status).toBe(400);
  });

  it('refuses events when it is full, says that it is not ready, and keeps what it took', async () => {
    const url = await start({ SPOOL_MAX_BYTES: String(1024 * 1024), MAX_BODY_BYTES: '100000' });
    await untilStored(url);
    await postgres.stop();
    const ids: string[] = [];
    let status = 202;
    while (status === 202) {
      const event = newEvent({ inputs: 'x'.repeat(50_000) });
      const reply = await post(url, event);
      ({ status } = reply);
      if (status === 202) ids.push(String(event['id']));
      else
        expect(reply.body).toMatchObject({
          status: 503,
          code: 'DATABASE_UNAVAILABLE',
          detail: expect.stringContaining('the spool is full') as string,
        });
    }
    expect(ids.length).toBeGreaterThan(10);
    await eventually(async () => (await statusOf(`${url}/ready`)) === 503);
    await postgres.start();
    await untilStored(url);
    await untilEmpty(url);
    await expectCountedOnce(databaseUrl, ids);
  });

  it('acknowledges nothing from a folder that is not declared durable, but stores what lies there', async () => {
    let url = await start();
    await untilStored(url);
    await postgres.stop();
    const ids = [await spool(url)];
    await stop();
    url = await start({ SPOOL_IS_DURABLE: 'false' });
    expect((await post(url, newEvent())).status).toBe(503);
    expect(await readJson(`${url}/ready`)).toMatchObject({ reason: 'db_not_initialized' });
    await postgres.start();
    await untilStored(url);
    await untilEmpty(url);
    await expectCountedOnce(databaseUrl, ids);
  });

  it('works without while another process has the folder, and with it as soon as that has ended', async () => {
    const other = await Spool.open({ folder: spoolDir, maxBytes: 1024 * 1024 });
    const url = await start();
    await untilStored(url);
    expect((await post(url, newEvent())).status).toBe(201);
    expect(await metric(url, 'logging_spool_ready')).toBe(0);
    await postgres.stop();
    expect((await post(url, newEvent())).status).toBe(503);
    await other.close();
    await untilSpoolIsReady(url);
    await spool(url);
    expect(await metric(url, 'logging_spool_ready')).toBe(1);
  });

  it('works without when the folder cannot be used at all', async () => {
    await writeFile(path.join(path.dirname(spoolDir), 'file'), '');
    const url = await start({ SPOOL_DIR: path.join(path.dirname(spoolDir), 'file', 'spool') });
    await untilStored(url);
    expect((await post(url, newEvent())).status).toBe(201);
    await postgres.stop();
    const reply = await post(url, newEvent());
    expect(reply.body).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      detail: expect.stringContaining('the spool cannot be used now') as string,
    });
  });

  it('sets aside what can never be stored, with the reason, and goes on with the rest', async () => {
    let url = await start();
    await untilStored(url);
    await database.query(`ALTER TABLE predictions ADD CONSTRAINT no_poison CHECK (model <> 'poison')`);
    await postgres.stop();
    const ids = [await spool(url)];
    await spool(url, { model: 'poison', inputs: 'so that it can be found' });
    await stop();
    const foreign = await Spool.open({ folder: spoolDir, maxBytes: 1024 * 1024 });
    await foreign.append([Buffer.from('{"id":'), Buffer.from('{"id":"no event"}')]);
    await foreign.close();
    url = await start();
    await untilSpoolIsReady(url);
    ids.push(await spool(url));
    await postgres.start();
    await untilStored(url);
    await untilEmpty(url);
    expect(await metric(url, 'logging_spool_set_aside_total')).toBe(3);
    await expectCountedOnce(databaseUrl, ids);
    const aside = await readFile(path.join(spoolDir, 'set-aside.ndjson'), 'utf8');
    for (const found of ['no_poison', 'so that it can be found', 'no JSON', 'no event of this app'])
      expect(aside).toContain(found);
  });

  it('keeps what can be neither stored nor set aside, stores new events, and goes on when there is room', async () => {
    // So small a spool sets 64 MiB aside.
    const small = { SPOOL_MAX_BYTES: String(1024 * 1024), MAX_BODY_BYTES: '100000' };
    const url = await start(small);
    await untilStored(url);
    await database.query(`ALTER TABLE predictions ADD CONSTRAINT no_poison CHECK (model <> 'poison')`);
    await postgres.stop();
    await spool(url, { model: 'poison' });
    const ids = [await spool(url)];
    const aside = path.join(spoolDir, 'set-aside.ndjson');
    await writeFile(aside, '');
    await truncate(aside, 64 * 1024 * 1024);
    await postgres.start();
    await untilStored(url);
    const isStored = async (id: string): Promise<boolean> =>
      (await statusOf(`${url}/predictions/${id}`)) === 200;
    await eventually(() => isStored(String(ids[0])));
    ids.push(String(answerOf(await post(url, newEvent())).results[0]?.id));
    expect(await metric(url, 'logging_spool_records')).toBe(2);
    expect(await metric(url, 'logging_spool_oldest_age_seconds')).toBeGreaterThan(0);
    expect(await metric(url, 'logging_spool_set_aside_total')).toBe(0);
    await rm(aside);
    await untilEmpty(url);
    expect(await metric(url, 'logging_spool_set_aside_total')).toBe(1);
    expect(await readFile(aside, 'utf8')).toContain('no_poison');
    await expectCountedOnce(databaseUrl, ids);
  });

  it('stores new events beside those that wait', async () => {
    const url = await start();
    await untilStored(url);
    await postgres.stop();
    const ids: string[] = [];
    for (let request = 0; request < 10; request += 1) {
      const events = Array.from({ length: 1000 }, () => newEvent({ model: 'waits' }));
      expect((await post(url, events)).status).toBe(202);
      ids.push(...events.map((event) => String(event['id'])));
    }
    await postgres.start();
    await untilStored(url);
    const meanwhile: number[] = [];
    while ((await metric(url, 'logging_spool_records')) > 0) {
      const event = newEvent({ model: 'new' });
      meanwhile.push((await post(url, event)).status);
      ids.push(String(event['id']));
    }
    expect(meanwhile.length).toBeGreaterThan(0);
    expect(meanwhile.every((status) => status === 201)).toBe(true);
    await expectCountedOnce(databaseUrl, ids);
    expect((await database.query(`SELECT FROM predictions WHERE model = 'waits'`)).rowCount).toBe(10_000);
  });
});
