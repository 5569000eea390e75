import { Logger } from '@nestjs/common';
import { createPool, migrate } from '@tidegate/database';
import { loggingMigrations } from '@tidegate/database-migrations';
import { FakeClock, useTestPostgres } from '@tidegate/testing';
import type { Pool } from 'pg';
import { utcDayAfter } from '../src/ingest/event-identity';
import { Retention } from '../src/retention/retention';
import { RetentionRules } from '../src/retention/retention-rules';
import { DayPartitions } from '../src/store/day-partitions';
import { listDayTables } from '../src/store/partition-statements';
import { PredictionWriter } from '../src/store/prediction-writer';
import type { StorableEvent } from '../src/store/storable-event';
import { eventually } from './logging-app';

const DAY_MS = 86_400_000;
const NOON = Date.UTC(2026, 2, 10, 12);

describe('retention', () => {
  const postgres = useTestPostgres();
  let pool: Pool;
  let clock: FakeClock;
  let writer: PredictionWriter;
  let made = 0;

  beforeAll(() => void Logger.overrideLogger(false));
  beforeEach(async () => {
    const url = await postgres.createDatabase();
    pool = createPool({ connection: { url }, applicationName: 'test' });
    await migrate({ connection: { url }, applicationName: 'test', migrations: loggingMigrations });
    clock = new FakeClock(NOON);
    writer = new PredictionWriter(pool, new DayPartitions(pool, clock));
  });
  afterEach(() => pool.end());

  async function store(daysAgo: number, model = 'm', count = 1): Promise<void> {
    const timeMs = NOON - daysAgo * DAY_MS;
    const events = Array.from({ length: count }, (): StorableEvent => {
      made += 1;
      return {
        ...{ id: `event-${made}`, day: utcDayAfter(timeMs, 0), predictedAtMs: timeMs },
        ...{ model, version: '1', alias: null, inputsJson: null, outputsJson: '1', latencyMs: 1 },
        ...{ isDefect: false, requestId: null, traceparent: null, metadataJson: null, subject: null },
      };
    });
    const outcomes = await writer.store(events);
    expect(outcomes.every(({ status }) => status === 'stored')).toBe(true);
  }

  async function retain(days: number, daysByModel: Readonly<Record<string, number>> = {}): Promise<void> {
    const retention = new Retention(pool, new RetentionRules(days, daysByModel), clock);
    while (await retention.run());
  }

  const daysAgo = async (): Promise<number[]> =>
    (await listDayTables(pool))
      .map(({ day }) => Math.floor((NOON - Date.parse(day)) / DAY_MS))
      .sort((a, b) => a - b);
  const countOf = async (table: string, where = 'true'): Promise<number> => {
    const { rows } = await pool.query<{ count: string }>(`SELECT count(*) FROM ${table} WHERE ${where}`);
    return Number(rows[0]?.count);
  };

  it('drops the days that are too old to be accepted, with a day to spare', async () => {
    for (const ago of [0, 5, 7, 8, 9, 40]) await store(ago);
    await retain(7);
    expect(await daysAgo()).toEqual([0, 5, 7, 8]);
    expect(await countOf('predictions')).toBe(4);
    // What is counted stays: it names nobody.
    expect(await countOf('prediction_rollups')).toBe(6);
    await clock.advance(12 * 3_600_000);
    await retain(7);
    expect(await daysAgo()).toEqual([0, 5, 7]);
  });

  it('does not wait for a long read, does not hold up writers meanwhile, and comes again', async () => {
    for (const ago of [0, 20, 21]) await store(ago);
    const reader = await pool.connect();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM predictions');
    let isDone = false;
    const writing = (async (): Promise<number> => {
      let batches = 0;
      for (; !isDone; batches += 1) await store(0);
      return batches;
    })();
    await retain(7);
    expect(await daysAgo()).toEqual([0, 20, 21]);
    // The reader sees all of it still.
    expect((await reader.query('SELECT 1 FROM predictions')).rowCount).toBe(3);
    await reader.query('COMMIT');
    reader.release();
    // A write that takes longer than the 200 ms it waits holds it up once more.
    await eventually(async () => {
      await retain(7);
      return (await daysAgo()).join() === '0';
    });
    isDone = true;
    expect(await daysAgo()).toEqual([0]);
    const batches = await writing;
    expect(await countOf('predictions')).toBe(batches + 1);
  });

  it('drops what a process left behind that ended between detaching and dropping', async () => {
    await store(20);
    await pool.query('ALTER TABLE predictions DETACH PARTITION predictions_20260218');
    await retain(7);
    expect(await countOf('pg_class', `relname = 'predictions_20260218'`)).toBe(0);
  });

  it('deletes the rows of single models earlier, with their feedback, and no others', async () => {
    await store(0, 'people', 3);
    await store(4, 'people', 4500);
    await store(4, 'things', 5);
    await store(3, 'people', 2);
    await pool.query(
      `INSERT INTO feedback (id, day, actual, received_order, received_at)
       SELECT id, day, '1', 1, now() FROM predictions WHERE model = 'people'`,
    );
    await retain(30, { people: 3 });
    expect(await countOf('predictions', `model = 'people'`)).toBe(5);
    expect(await countOf('predictions', `model = 'things'`)).toBe(5);
    expect(await countOf('feedback')).toBe(5);
  });

  it('deletes what strayed into the default partition and is too old by now', async () => {
    await store(20);
    await pool.query(`
      ALTER TABLE predictions DETACH PARTITION predictions_20260218;
      INSERT INTO predictions SELECT * FROM predictions_20260218;
      DROP TABLE predictions_20260218`);
    expect(await countOf('predictions_default')).toBe(1);
    await retain(7);
    expect(await countOf('predictions_default')).toBe(0);
  });
});
