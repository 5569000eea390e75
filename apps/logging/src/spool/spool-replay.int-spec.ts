import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Logger } from '@nestjs/common';
import { DatabaseUnavailable } from '@tidegate/database';
import { FakeClock } from '@tidegate/testing';
import { LogCounters } from '../health/log-counters';
import type { StorableEvent, StoreOutcome } from '../store/storable-event';
import { EventSpool } from './event-spool';
import { SpoolReplay } from './spool-replay';

const MIB = 1024 * 1024;
const settings = { spoolIsDurable: true, spoolMaxBytes: MIB, maxBodyBytes: 1000 };

function eventOf(id: string): StorableEvent {
  return {
    ...{ id, day: '2026-01-01', predictedAtMs: 1, model: 'm', version: '1', alias: null, inputsJson: null },
    ...{ outputsJson: '1', latencyMs: null, isDefect: false, requestId: null, traceparent: null },
    ...{ metadataJson: null, subject: null },
  };
}

describe('the replay of the spool', () => {
  let folder: string;
  let clock: FakeClock;
  let spool: EventSpool;
  let counters: LogCounters;
  /** What becomes of an event, by its id; else it is stored. */
  let outcomeOf: (id: string) => StoreOutcome | undefined;
  let batches: string[][];
  let replay: SpoolReplay;

  beforeAll(() => void Logger.overrideLogger(false));
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-replay-'));
    clock = new FakeClock();
    spool = new EventSpool({ ...settings, spoolDir: folder }, clock);
    await openSpool();
    counters = new LogCounters(clock);
    outcomeOf = () => undefined;
    batches = [];
    const store = (events: readonly StorableEvent[]): Promise<StoreOutcome[]> => {
      batches.push(events.map(({ id }) => id));
      return Promise.resolve(events.map(({ id }) => outcomeOf(id) ?? { status: 'stored' }));
    };
    replay = new SpoolReplay(spool, store, counters);
  });
  afterEach(async () => {
    await spool.onModuleDestroy();
    await spool.close();
    await rm(folder, { recursive: true });
  });

  async function openSpool(): Promise<void> {
    spool.onApplicationBootstrap();
    while (!spool.canAcknowledge) await new Promise((resolve) => setImmediate(resolve));
  }
  const append = (...ids: string[]): Promise<boolean> => spool.append(ids.map(eventOf));
  const asideFile = (): string => path.join(folder, 'set-aside.ndjson');
  const aside = (): Promise<string> => readFile(asideFile(), 'utf8');

  it('stores in order, counts, and has nothing more to do', async () => {
    await append('a', 'b');
    await append('c');
    await clock.advance(5000);
    expect(spool.figures()).toMatchObject({ records: 3, oldestAgeMs: 5000 });
    outcomeOf = (id) => (id === 'b' ? { status: 'duplicate' } : undefined);
    expect(await replay.run()).toBe(true);
    expect(await replay.run()).toBe(false);
    expect(batches).toEqual([['a', 'b', 'c']]);
    expect(counters.predictions).toBe(2);
    expect(spool.figures()).toEqual({ records: 0, bytes: 0, oldestAgeMs: 0, setAside: 0, isReady: true });
  });

  it('keeps everything while the database is away', async () => {
    await append('a', 'b');
    const error = new DatabaseUnavailable('ECONNREFUSED', new Error('away'));
    outcomeOf = (id) => (id === 'b' ? { status: 'failed', error } : undefined);
    expect(await replay.run()).toBe(false);
    expect(spool.figures().records).toBe(2);
    outcomeOf = (id) => (id === 'a' ? { status: 'duplicate' } : undefined);
    expect(await replay.run()).toBe(true);
    expect(spool.figures().records).toBe(0);
  });

  it('sets aside once what is no event, however often the others have to come again', async () => {
    await append('a');
    await spool.append([{ id: 'no event' } as unknown as StorableEvent]);
    const error = new DatabaseUnavailable('ECONNREFUSED', new Error('away'));
    outcomeOf = () => ({ status: 'failed', error });
    for (let run = 0; run < 3; run += 1) expect(await replay.run()).toBe(false);
    outcomeOf = () => undefined;
    expect(await replay.run()).toBe(true);
    expect(spool.figures()).toMatchObject({ records: 0, setAside: 1 });
    expect((await aside()).trim().split('\n')).toHaveLength(1);
  });

  it('sets aside what the database refuses, and a single event that fails unexpectedly', async () => {
    await append('good', 'refused', 'broken');
    outcomeOf = (id) =>
      id === 'refused'
        ? { status: 'refused', reason: 'no_poison' }
        : id === 'broken'
          ? { status: 'failed', error: new Error('a bug with this one') }
          : undefined;
    expect(await replay.run()).toBe(true);
    expect(spool.figures()).toMatchObject({ records: 0, setAside: 2 });
    expect(await aside()).toMatch(/no_poison[^]*a bug with this one/);
    expect(counters.errors).toBe(2);
  });

  describe('while what can never be stored cannot be set aside', () => {
    /** As when 64 MiB are set aside, as many as there may be for so small a spool. */
    const fill = async (): Promise<void> => {
      await writeFile(asideFile(), '');
      await truncate(asideFile(), 64 * MIB);
    };

    it.each([
      ['there is no room left', fill, 'SPOOL_SET_ASIDE_FULL'],
      ['the disk does not take it', () => mkdir(asideFile()), 'SPOOL_WRITE_FAILED'],
    ])('since %s: keeps it and what came with it, counts once, and says so', async (_name, prevent, code) => {
      const error = jest.spyOn(Logger.prototype, 'error');
      await append('good', 'refused', 'too');
      await spool.append([{ id: 'no event' } as unknown as StorableEvent]);
      await append('behind');
      await prevent();
      const stored = new Set<string>();
      outcomeOf = (id) => {
        if (id === 'refused') return { status: 'refused', reason: 'no_poison' };
        if (stored.has(id)) return { status: 'duplicate' };
        stored.add(id);
        return { status: 'stored' };
      };
      for (let run = 0; run < 3; run += 1) await expect(replay.run()).rejects.toMatchObject({ code });
      expect(spool.figures()).toMatchObject({ records: 5, setAside: 0 });
      expect(counters).toMatchObject({ predictions: 3, errors: 0 });
      expect(error).toHaveBeenCalledTimes(1);
      const [line, text] = error.mock.calls[0] as unknown[];
      expect(line).toMatchObject({ code, cause: expect.stringContaining(folder) as string });
      expect(line).toHaveProperty('remedy');
      expect(text).toContain('stay in the spool');

      await rm(asideFile(), { recursive: true });
      expect(await replay.run()).toBe(true);
      expect(spool.figures()).toMatchObject({ records: 0, setAside: 2 });
      expect(counters).toMatchObject({ predictions: 3, errors: 1 });
      expect((await aside()).trim().split('\n')).toHaveLength(2);
      error.mockRestore();
    });

    it('still has it after a restart', async () => {
      await fill();
      await append('refused');
      outcomeOf = () => ({ status: 'refused', reason: 'no_poison' });
      await expect(replay.run()).rejects.toThrow('limit of 67108864');
      await spool.onModuleDestroy();
      await spool.close();
      await openSpool();
      expect(spool.figures().records).toBe(1);
    });
  });

  it('blames no event when all fail', async () => {
    await append('a', 'b');
    outcomeOf = () => ({ status: 'failed', error: new Error('relation "predictions" does not exist') });
    await expect(replay.run()).rejects.toThrow('does not exist');
    expect(spool.figures()).toMatchObject({ records: 2, setAside: 0 });
  });

  it('does not trust a disk that failed until it took something again, and asks it rarely', async () => {
    let attempts = 0;
    let isBroken = true;
    const broken = {
      hasRoomFor: () => true,
      stats: () => ({ records: 0, bytes: 0, oldestAtMs: undefined, setAside: 0 }),
      append: () => {
        attempts += 1;
        return isBroken ? Promise.reject(new Error('EIO')) : Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
    const sick = new EventSpool({ ...settings, spoolDir: folder }, clock, () =>
      Promise.resolve(broken as never),
    );
    sick.onApplicationBootstrap();
    await clock.advance(0);
    expect(sick.canAcknowledge).toBe(true);
    expect(await sick.append([eventOf('a')])).toBe(false);
    expect(sick.problem()).toContain('takes nothing now');
    expect(await sick.append([eventOf('a')])).toBe(false);
    expect(attempts).toBe(1);
    await clock.advance(5000);
    expect(await Promise.all([sick.append([eventOf('a')]), sick.append([eventOf('b')])])).toEqual([
      false,
      false,
    ]);
    expect(attempts).toBe(2);
    isBroken = false;
    await clock.advance(5000);
    expect(await sick.append([eventOf('a')])).toBe(true);
    expect(sick.canAcknowledge).toBe(true);
    await sick.onModuleDestroy();
  });
});
