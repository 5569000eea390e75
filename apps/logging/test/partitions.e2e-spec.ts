import { Logger } from '@nestjs/common';
import { createPool, migrate } from '@tidegate/database';
import { loggingMigrations } from '@tidegate/database-migrations';
import { FakeClock, useTestPostgres } from '@tidegate/testing';
import type { Pool } from 'pg';
import { utcDayAfter } from '../src/ingest/event-identity';
import { DayPartitions } from '../src/store/day-partitions';
import { countDefaultRows, listDayTables } from '../src/store/partition-statements';
import { PartitionUpkeep } from '../src/store/partition-upkeep';
import { PredictionWriter } from '../src/store/prediction-writer';
import type { StorableEvent } from '../src/store/storable-event';
import { StoreKeeper } from '../src/store/store-keeper';
import { eventually } from './logging-app';
import { expectCountedOnce } from './stored-events';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const NOON = Date.UTC(2026, 2, 10, 12);

describe('partitions of days', () => {
  const postgres = useTestPostgres();
  let url: string;
  let pool: Pool;
  let clock: FakeClock;
  let partitions: DayPartitions;
  let upkeep: PartitionUpkeep;
  let writer: PredictionWriter;
  let made = 0;

  beforeAll(() => void Logger.overrideLogger(false));
  beforeEach(async () => {
    url = await postgres.createDatabase();
    pool = createPool({ connection: { url }, applicationName: 'test' });
    await runMigrations();
    startAt(NOON);
  });
  afterEach(() => pool.end());

  const runMigrations = (): Promise<string[]> =>
    migrate({ connection: { url }, applicationName: 'test', migrations: loggingMigrations });

  function startAt(nowMs: number): void {
    clock = new FakeClock(nowMs);
    partitions = new DayPartitions(pool, clock);
    upkeep = new PartitionUpkeep(pool, partitions, clock, 30);
    writer = new PredictionWriter(pool, partitions);
  }

  function event(timeMs: number): StorableEvent {
    made += 1;
    return {
      ...{ id: `event-${made}`, day: utcDayAfter(timeMs, 0), predictedAtMs: timeMs },
      ...{ model: 'm', version: '1', alias: null, inputsJson: null, outputsJson: '1', latencyMs: 1 },
      ...{ isDefect: false, requestId: null, traceparent: null, metadataJson: null, subject: null },
    };
  }

  async function store(...timesMs: number[]): Promise<StorableEvent[]> {
    const events = timesMs.map(event);
    const outcomes = await writer.store(events);
    expect(outcomes.map(({ status }) => status)).toEqual(events.map(() => 'stored'));
    return events;
  }

  const days = async (): Promise<string[]> => (await listDayTables(pool)).map(({ day }) => day);

  async function partitionOf({ id }: StorableEvent): Promise<string | undefined> {
    const { rows } = await pool.query<{ name: string }>(
      'SELECT tableoid::regclass::text AS name FROM predictions WHERE id = $1',
      [id],
    );
    return rows[0]?.name;
  }

  /** Somebody reads the default partition for as long as `work` takes, as an export over all days does. */
  async function whileRead<T>(work: () => Promise<T>): Promise<T> {
    const reader = await pool.connect();
    try {
      await reader.query('BEGIN');
      await reader.query('SELECT count(*) FROM predictions');
      return await work();
    } finally {
      await reader.query('ROLLBACK');
      reader.release();
    }
  }

  it('are made before their day comes, over midnight and after a clock that jumped', async () => {
    startAt(Date.UTC(2026, 2, 10, 23, 58));
    const keeper = new StoreKeeper(runMigrations, upkeep, clock);
    keeper.onApplicationBootstrap();
    await eventually(async () => (await days()).at(-1) === '2026-03-13');
    expect(await days()).toEqual(['2026-03-10', '2026-03-11', '2026-03-12', '2026-03-13']);
    const afterMidnight = async (): Promise<boolean> => {
      await clock.advance(MINUTE_MS);
      return (await days()).includes('2026-03-14');
    };
    await eventually(afterMidnight);
    const afterDays = async (): Promise<boolean> => {
      await clock.advance(MINUTE_MS);
      return (await days()).includes('2026-03-23');
    };
    await clock.advance(9 * DAY_MS);
    await eventually(afterDays);
    keeper.onModuleDestroy();
    await keeper.stopped();
  });

  it('take the events of both sides of midnight, late ones and early ones', async () => {
    await upkeep.run();
    const midnight = Date.UTC(2026, 2, 11);
    const times = [midnight - 1, midnight, NOON - 30 * DAY_MS, NOON + DAY_MS];
    const events = await store(...times);
    expect(await Promise.all(events.map(partitionOf))).toEqual([
      'predictions_20260310',
      'predictions_20260311',
      'predictions_20260208',
      'predictions_20260311',
    ]);
    expect((await countDefaultRows(pool)).size).toBe(0);
  });

  it('are left to the default partition while they cannot be made, and get their rows afterwards', async () => {
    await upkeep.run();
    const late = NOON - 5 * DAY_MS;
    const events = await whileRead(async () => {
      const waiting = await store(late, late - DAY_MS, NOON);
      expect(await Promise.all(waiting.map(partitionOf))).toEqual([
        'predictions_default',
        'predictions_default',
        'predictions_20260310',
      ]);
      expect(await upkeep.run()).toBe(false);
      expect(upkeep.rowsInDefault).toBe(2);
      return waiting;
    });
    expect(await upkeep.run()).toBe(true);
    expect(upkeep.rowsInDefault).toBe(0);
    expect(await Promise.all(events.map(partitionOf))).toEqual([
      'predictions_20260305',
      'predictions_20260304',
      'predictions_20260310',
    ]);
    // Sent again, they are known still.
    expect((await writer.store(events)).map(({ status }) => status)).toEqual([
      'duplicate',
      'duplicate',
      'duplicate',
    ]);
    await expectCountedOnce(
      url,
      events.map(({ id }) => id),
    );
  });

  it('are made with the rows that came after somebody dropped one', async () => {
    await upkeep.run();
    await pool.query('DROP TABLE predictions_20260310');
    const [stray] = await store(NOON);
    expect(stray && (await partitionOf(stray))).toBe('predictions_default');
    await upkeep.run();
    expect(stray && (await partitionOf(stray))).toBe('predictions_20260310');
  });

  it('are moved to while writers go on adding to the default partition', async () => {
    await upkeep.run();
    await pool.query('DROP TABLE predictions_20260310');
    let isMoved = false;
    const writing = (async (): Promise<StorableEvent[]> => {
      const events: StorableEvent[] = [];
      while (!isMoved) events.push(...(await store(NOON, NOON + 1)));
      events.push(...(await store(NOON)));
      return events;
    })();
    await eventually(async () => (await countDefaultRows(pool)).size > 0);
    await eventually(() => upkeep.run());
    isMoved = true;
    const events = await writing;
    expect((await countDefaultRows(pool)).size).toBe(0);
    await expectCountedOnce(
      url,
      events.map(({ id }) => id),
    );
  });

  it('are made once by many processes at the same time', async () => {
    const processes = Array.from({ length: 6 }, () => new DayPartitions(pool, clock));
    await Promise.all(processes.map((each) => each.ensure(['2026-03-01', '2026-03-02'])));
    expect(await days()).toEqual(['2026-03-01', '2026-03-02']);
  });

  it('do not hold up the days that are known, and are tried again after a while', async () => {
    await upkeep.run();
    const late = NOON - 7 * DAY_MS;
    await whileRead(() => store(late));
    // Until then nobody waits for the lock again.
    await store(late);
    expect(await days()).not.toContain('2026-03-03');
    await clock.advance(30_000);
    await pool.query(`DELETE FROM predictions_default`);
    await store(late);
    expect(await days()).toContain('2026-03-03');
  });
});
