import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  checkStoredPredictions,
  isSpoolEmpty,
  startEventLoad,
  startLoggingProcess,
  startOwnPostgres,
  type LoggingProcess,
  type OwnPostgres,
} from '@tidegate/testing';
import { eventually, readJson } from './logging-app';

jest.setTimeout(120_000);

const NOTHING_WRONG = { lost: [], twice: [], wrongRollups: [] };

describe('the built app stopped by SIGTERM under load', () => {
  let postgres: OwnPostgres;
  let folder: string;
  const processes: LoggingProcess[] = [];
  let databases = 0;

  beforeAll(async () => {
    postgres = await startOwnPostgres({ durable: true });
  }, 120_000);
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-stop-'));
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((each) => each.kill()));
    await rm(folder, { recursive: true });
  });
  afterAll(() => postgres.remove(), 120_000);

  const newDatabase = (): Promise<string> => postgres.createDatabase(`stop_${(databases += 1)}`);

  async function start(databaseUrl: string, settings: Record<string, string> = {}): Promise<LoggingProcess> {
    const started = await startLoggingProcess(folder, {
      DATABASE_URL: databaseUrl,
      COMMIT_TIMEOUT_MS: '1000',
      ...settings,
    });
    processes.push(started);
    await eventually(() => takesCommits(started.url));
    return started;
  }

  const takesCommits = async (url: string): Promise<boolean> =>
    (await readJson(`${url}/ready`))['db_initialized'] === true;
  const senders = { senders: 16, random: Math.random };

  it('loses nothing it acknowledged, counts it once and ends with code 0, two processes at a time', async () => {
    const databaseUrl = await newDatabase();
    // Two, so that starting, partitions and roll-ups meet too.
    const both = await Promise.all([start(databaseUrl), start(databaseUrl)]);
    const loads = both.map(({ url }) => startEventLoad({ url, ...senders }));
    await eventually(() => Promise.resolve(loads.every(({ acknowledged }) => acknowledged.size > 500)));
    expect(await Promise.all(both.map((each) => each.stop()))).toEqual([0, 0]);
    await Promise.all(loads.map((load) => load.stop()));
    const acknowledged = new Set(loads.flatMap((load) => [...load.acknowledged]));
    expect(await checkStoredPredictions(databaseUrl, acknowledged)).toMatchObject(NOTHING_WRONG);
  });

  it.each([
    ['stopped', () => postgres.stop()],
    ['frozen', () => Promise.resolve(postgres.freeze())],
  ])('leaves what PostgreSQL, %s, could not take in the spool, for the next start', async (_name, begin) => {
    const databaseUrl = await newDatabase();
    const spool = { SPOOL_DIR: path.join(folder, 'spool'), SPOOL_IS_DURABLE: 'true' };
    const app = await start(databaseUrl, spool);
    const load = startEventLoad({ url: app.url, ...senders });
    await eventually(() => Promise.resolve(load.acknowledged.size > 300));
    await begin();
    // At once: what is under way has to end in the spool during the stop.
    expect(await app.stop()).toBe(0);
    await load.stop();
    postgres.thaw();
    await postgres.start();
    await app.start();
    await eventually(async () => (await takesCommits(app.url)) && (await isSpoolEmpty(app.url)));
    expect(await checkStoredPredictions(databaseUrl, load.acknowledged)).toMatchObject(NOTHING_WRONG);
  });

  it('ends although PostgreSQL is frozen and there is no spool, and loses nothing it acknowledged', async () => {
    const databaseUrl = await newDatabase();
    const app = await start(databaseUrl);
    const load = startEventLoad({ url: app.url, ...senders });
    await eventually(() => Promise.resolve(load.acknowledged.size > 300));
    postgres.freeze();
    expect(await app.stop()).toBe(0);
    await load.stop();
    postgres.thaw();
    expect(await checkStoredPredictions(databaseUrl, load.acknowledged)).toMatchObject(NOTHING_WRONG);
  });
});
