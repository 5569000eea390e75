import { systemClock } from '@tidegate/clock';
import { createPool, migrate } from '@tidegate/database';
import { loggingMigrations } from '@tidegate/database-migrations';
import { useTestPostgres } from '@tidegate/testing';
import type { Pool } from 'pg';
import { DayPartitions } from '../store/day-partitions';
import { PredictionWriter } from '../store/prediction-writer';
import type { StorableEvent } from '../store/storable-event';
import { FeedbackStore } from './feedback-store';

const DAY = '2026-01-01';
const START_MS = Date.UTC(2026, 0, 1, 12);
const LATER_MS = START_MS + 86_400_000;

describe('feedback and predictions in any order', () => {
  const postgres = useTestPostgres();
  let database: Pool;

  beforeAll(async () => {
    const url = await postgres.createDatabase();
    await migrate({ connection: { url }, applicationName: 'test', migrations: loggingMigrations });
    database = createPool({ connection: { url }, applicationName: 'test', size: 12 });
  });
  afterAll(() => database.end());
  beforeEach(() =>
    database.query(
      'TRUNCATE predictions, prediction_rollups, prediction_rollup_hours, feedback, feedback_inbox',
    ),
  );

  const newStore = (): FeedbackStore => new FeedbackStore(database, new Map());
  const event = (id: string, model: string, minute: number, label: string): StorableEvent => ({
    id,
    day: DAY,
    predictedAtMs: START_MS + minute * 60_000,
    model,
    version: '1',
    alias: null,
    inputsJson: null,
    outputsJson: JSON.stringify({ label }),
    latencyMs: 1,
    isDefect: false,
    requestId: null,
    traceparent: null,
    metadataJson: null,
  });
  const say = (store: FeedbackStore, id: string, actual: string, models?: string[]): Promise<unknown> =>
    store.keep([{ id, day: DAY, actualJson: JSON.stringify(actual) }], models && new Set(models), START_MS);
  const reconcileAll = async (store: FeedbackStore, nowMs: number): Promise<void> => {
    while (await store.reconcile(nowMs));
  };
  const rolledUp = async (table: string, time: string): Promise<unknown[]> =>
    (
      await database.query(
        `SELECT date_bin('1 hour', ${time}, 'epoch') AS hour, model, sum(judged)::int AS judged, sum(correct)::int AS correct
         FROM ${table} GROUP BY 1, 2 ORDER BY 1, 2`,
      )
    ).rows as unknown[];
  const expectRollupsToEqualSql = async (): Promise<void> => {
    const { rows } = await database.query(
      `SELECT date_bin('1 hour', predicted_at, 'epoch') AS hour, model, count(actual)::int AS judged,
              (count(*) FILTER (WHERE actual #>> '{}' = outputs ->> 'label'))::int AS correct
       FROM predictions LEFT JOIN feedback USING (id, day) GROUP BY 1, 2 ORDER BY 1, 2`,
    );
    expect(await rolledUp('prediction_rollups', 'minute')).toEqual(rows);
    expect(await rolledUp('prediction_rollup_hours', 'hour')).toEqual(rows);
  };

  it.each([1, 2, 3, 4, 5])('is exact whatever happens at the same time (seed %i)', async (seed) => {
    let state = seed * 7919;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (state >> 8) % below;
    };
    const writers = [1, 2].map(
      () => new PredictionWriter(database, new DayPartitions(database, systemClock)),
    );
    const stores = [newStore(), newStore()];
    const events = Array.from({ length: 60 }, (_, index) =>
      event(`p-${index}`, `model-${index % 3}`, random(180), String(index % 4)),
    );
    // What is said last of each prediction, by whom may say so. One sender at a time for each, so that "last" is clear.
    const last = new Map<string, string>();
    const acts: (() => Promise<unknown>)[] = [];
    for (const [index, { id, model }] of events.entries())
      acts.push(async () => {
        for (let times = random(4); times >= 0; times -= 1) {
          const isLimited = random(3) === 0;
          const models = isLimited ? [`model-${random(3)}`, 'another'] : undefined;
          const actual = String(random(4));
          if (models === undefined || models.includes(model)) last.set(id, actual);
          await say(stores[(index + times) % 2] as FeedbackStore, id, actual, models);
        }
      });
    for (let batch = 0; batch < 24; batch += 1) {
      const start = random(55);
      acts.push(() => (writers[batch % 2] as PredictionWriter).store(events.slice(start, start + 8)));
      acts.push(() => (stores[batch % 2] as FeedbackStore).reconcile(START_MS + random(100_000)));
    }
    acts.push(async () => {
      for (const store of stores) await store.reconcile(LATER_MS);
    });
    for (let index = acts.length - 1; index > 0; index -= 1) {
      const other = random(index + 1);
      [acts[index], acts[other]] = [
        acts[other] as () => Promise<unknown>,
        acts[index] as () => Promise<unknown>,
      ];
    }
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let act = acts.pop(); act; act = acts.pop()) await act();
      }),
    );
    await writers[0]?.store(events);
    await Promise.all(stores.map((store) => reconcileAll(store, LATER_MS + 3_600_000)));

    const inbox = await database.query('SELECT * FROM feedback_inbox');
    expect(inbox.rows).toEqual([]);
    const { rows } = await database.query<{ id: string; actual: string }>('SELECT id, actual FROM feedback');
    expect(new Map(rows.map(({ id, actual }) => [id, actual]))).toEqual(last);
    await expectRollupsToEqualSql();
  });

  it('is exact when requests of many items overlap, in any order of theirs', async () => {
    let state = 4711;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (state >> 8) % below;
    };
    const writer = new PredictionWriter(database, new DayPartitions(database, systemClock));
    const events = Array.from({ length: 100 }, (_, index) =>
      event(`o-${index}`, `model-${index % 3}`, random(180), String(index % 4)),
    );
    const stores = [newStore(), newStore()];
    const speak = async (store: FeedbackStore): Promise<void> => {
      for (let times = 0; times < 20; times += 1) {
        const said = new Map(Array.from({ length: 30 }, () => [`o-${random(100)}`, String(random(4))]));
        const models = random(2) === 0 ? new Set([`model-${random(3)}`]) : undefined;
        const entries = [...said].map(([id, actual]) => ({
          id,
          day: DAY,
          actualJson: JSON.stringify(actual),
        }));
        await store.keep(entries, models, START_MS);
        await store.reconcile(START_MS + 2000);
      }
    };
    const write = async (): Promise<void> => {
      for (let start = 0; start < 100; start += 5) await writer.store(events.slice(start, start + 5));
    };
    await Promise.all([write(), ...stores.flatMap((store) => [speak(store), speak(store)])]);
    await Promise.all(stores.map((store) => reconcileAll(store, LATER_MS)));
    expect((await database.query('SELECT * FROM feedback_inbox')).rows).toEqual([]);
    await expectRollupsToEqualSql();
  });

  it('waits longer after every look in vain, and still comes in time', async () => {
    const store = newStore();
    await say(store, 'early', '3');
    let nowMs = START_MS;
    const due = async (): Promise<number> => {
      const { rows } = await database.query<{ at: Date }>('SELECT next_attempt_at AS at FROM feedback_inbox');
      return rows[0]?.at.getTime() ?? NaN;
    };
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      pauses.push((await due()) - nowMs);
      nowMs = await due();
      await store.reconcile(nowMs - 1);
      expect(await due()).toBe(nowMs);
      await store.reconcile(nowMs);
    }
    expect(pauses.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(Math.max(...pauses)).toBe(600_000);
    await new PredictionWriter(database, new DayPartitions(database, systemClock)).store([
      event('early', 'm', 1, '3'),
    ]);
    await store.reconcile(await due());
    expect(await rolledUp('prediction_rollup_hours', 'hour')).toMatchObject([{ judged: 1, correct: 1 }]);
  });

  it('keeps what is allowed although somebody limited to another model spoke later', async () => {
    const store = newStore();
    await say(store, 'p', 'right');
    await say(store, 'p', 'wrong', ['another']);
    await new PredictionWriter(database, new DayPartitions(database, systemClock)).store([
      event('p', 'm', 1, 'right'),
    ]);
    await reconcileAll(store, LATER_MS);
    expect((await database.query('SELECT actual FROM feedback')).rows).toEqual([{ actual: 'right' }]);
    await say(store, 'p', 'wrong', ['another']);
    expect((await database.query('SELECT actual FROM feedback')).rows).toEqual([{ actual: 'right' }]);
    expect((await database.query('SELECT * FROM feedback_inbox')).rows).toEqual([]);
    await say(store, 'p', 'wrong', ['m']);
    expect((await database.query('SELECT actual FROM feedback')).rows).toEqual([{ actual: 'wrong' }]);
    await expectRollupsToEqualSql();
  });

  it('forgets what belongs to days that are gone', async () => {
    const store = newStore();
    await new PredictionWriter(database, new DayPartitions(database, systemClock)).store([
      event('p', 'm', 1, 'a'),
    ]);
    await say(store, 'p', 'a');
    await say(store, 'never comes', 'a');
    expect(await store.forgetBefore(DAY)).toBe(false);
    expect(
      (await database.query('SELECT 1 FROM feedback UNION ALL SELECT 1 FROM feedback_inbox')).rowCount,
    ).toBe(2);
    await store.forgetBefore('2026-01-02');
    expect(
      (await database.query('SELECT 1 FROM feedback UNION ALL SELECT 1 FROM feedback_inbox')).rowCount,
    ).toBe(0);
  });
});
