import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunningService } from '@tidegate/bootstrap';
import { startOwnPostgres, type OwnPostgres } from '@tidegate/testing';
import { frozen, outOfConnections, readOnly, smallDisk, stopped, type DatabaseFault } from './database-fault';
import { answerOf, eventually, metric, newEvent, post, readJson, startLogging } from './logging-app';
import { expectCountedOnce } from './stored-events';

const REQUESTS = 40;
const isRoot = process.getuid?.() === 0;

describe('while PostgreSQL cannot take events', () => {
  let postgres: OwnPostgres;
  let folder: string;
  let service: RunningService | undefined;
  let databases = 0;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
  }, 120_000);
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-spool-'));
  });
  afterEach(async () => {
    await service?.shutdown('test');
    service = undefined;
    await rm(folder, { recursive: true, force: true });
  });
  afterAll(() => postgres.remove(), 120_000);

  const newDatabase = (): Promise<string> => postgres.createDatabase(`faults_${(databases += 1)}`);
  const isDbInitialized = async (url: string): Promise<boolean> =>
    (await readJson(`${url}/ready`))['db_initialized'] === true;

  /** A commit that took longer than a second may have come first. */
  const isStored = async (url: string): Promise<boolean> => (await post(url, newEvent())).status === 201;

  async function start(databaseUrl: string, hasSpool: boolean): Promise<string> {
    const spool = { SPOOL_DIR: path.join(folder, 'spool'), SPOOL_IS_DURABLE: 'true' };
    service = await startLogging(databaseUrl, { COMMIT_TIMEOUT_MS: '1000', ...(hasSpool ? spool : {}) });
    const { url } = service;
    await eventually(() => isDbInitialized(url));
    await eventually(() => isStored(url));
    return url;
  }

  /** Posts so much that waiting for a time-out each would take minutes. */
  async function postOneByOne(
    url: string,
    ids: string[],
    isAccepted: (status: number) => boolean,
  ): Promise<void> {
    for (let request = 0; request < REQUESTS; request += 1) {
      const events = [newEvent({ inputs: 'x'.repeat(2000) }), newEvent()];
      const { status, headers } = await post(url, events);
      expect({ status, isAccepted: isAccepted(status) }).toMatchObject({ isAccepted: true });
      if (status === 503) expect(headers.get('retry-after')).toMatch(/^\d+$/);
      else ids.push(...events.map((event) => String(event['id'])));
    }
  }

  async function expectSpooling(databaseUrl: string, fault: DatabaseFault): Promise<void> {
    const url = await start(databaseUrl, true);
    const acknowledged: string[] = [];
    await fault.begin();
    try {
      await postOneByOne(url, acknowledged, (status) => status === 202 || status === 201);
      // By now it is known to be away.
      const reply = await post(url, newEvent());
      expect(reply.status).toBe(202);
      expect(answerOf(reply)).toMatchObject({ stored: 0, spooled: 1, results: [{ status: 'spooled' }] });
      await eventually(async () => !(await isDbInitialized(url)));
      expect(await readJson(`${url}/ready`)).toMatchObject({ status: 'ready', db_initialized: false });
      expect(await metric(url, 'logging_spool_records')).toBeGreaterThan(0);
    } finally {
      await fault.end();
    }
    await eventually(() => isDbInitialized(url));
    await eventually(() => isStored(url));
    await eventually(async () => (await metric(url, 'logging_spool_records')) === 0);
    await expectCountedOnce(databaseUrl, acknowledged);
  }

  async function expectRefusing(databaseUrl: string, fault: DatabaseFault): Promise<void> {
    const url = await start(databaseUrl, false);
    const acknowledged: string[] = [];
    await fault.begin();
    try {
      await postOneByOne(url, acknowledged, (status) => status === 503 || status === 201);
      expect((await post(url, newEvent())).body).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      await eventually(async () => !(await isDbInitialized(url)));
      expect(await readJson(`${url}/ready`)).toMatchObject({
        status: 'not_ready',
        reason: 'db_not_initialized',
        db_initialized: false,
      });
    } finally {
      await fault.end();
    }
    await eventually(() => isDbInitialized(url));
    await eventually(() => isStored(url));
    await expectCountedOnce(databaseUrl, acknowledged);
  }

  describe.each([
    ['stopped', stopped],
    ['frozen', frozen],
    ['out of connections', outOfConnections],
    ['read-only', readOnly],
  ])('since it is %s', (_name, faultOf) => {
    it('spools them and stores each once afterwards', async () => {
      await expectSpooling(await newDatabase(), faultOf(postgres));
    }, 120_000);

    it('refuses them when there is no durable spool', async () => {
      await expectRefusing(await newDatabase(), faultOf(postgres));
    }, 120_000);
  });

  // A disk of its own needs mount(2).
  (isRoot ? describe : describe.skip)('since its disk is full', () => {
    it.each([
      ['spools them and stores each once afterwards', expectSpooling],
      ['refuses them when there is no durable spool', expectRefusing],
    ])(
      '%s',
      async (_name, expectAnswers) => {
        const disk = await smallDisk(postgres, `small_${(databases += 1)}`);
        try {
          await expectAnswers(disk.databaseUrl, disk.full);
        } finally {
          await service?.shutdown('test');
          service = undefined;
          await disk.remove();
        }
      },
      120_000,
    );
  });
});
