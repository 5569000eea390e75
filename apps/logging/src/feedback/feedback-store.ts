import { inTransaction, unavailabilityOf } from '@tidegate/database';
import type { Pool, PoolClient } from 'pg';
import type { FeedbackEntry } from './feedback-entry';
import { FeedbackResolution, identityKey, type Identity } from './feedback-resolution';
import type { LabelFields } from './label';

/** The loser of a deadlock simply runs again. */
const DEADLOCK = '40P01';
const MOST_RUNS = 3;
const DUE_AT_ONCE = 500;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 600_000;

/**
 * Keeps feedback and counts it once, however often and in whatever order it and its prediction come.
 *
 * New feedback lies in the inbox until its prediction is there. Whoever brings the two together holds the lock of the
 * prediction's row, so that two processes never count the same; inbox rows that somebody else holds are theirs.
 */
export class FeedbackStore {
  private readonly resolution: FeedbackResolution;

  constructor(
    private readonly pool: Pool,
    labelFields: LabelFields,
  ) {
    this.resolution = new FeedbackResolution(labelFields);
  }

  /**
   * Keeps all entries, each identity once, in one transaction.
   *
   * @param models those the sender is limited to; undefined: none
   * @returns the identities whose prediction was found, of one of `models`
   * @throws DatabaseUnavailable
   */
  keep(
    entries: readonly FeedbackEntry[],
    models: ReadonlySet<string> | undefined,
    nowMs: number,
  ): Promise<ReadonlySet<string>> {
    return repeatAfterDeadlock(() =>
      inTransaction(this.pool, async (client) => {
        await insertIntoInbox(client, entries, models, nowMs + FIRST_PAUSE_MS);
        const found = await this.resolution.resolve(client, entries);
        const isAllowed = (model: string): boolean => models === undefined || models.has(model);
        return new Set([...found].filter(([, model]) => isAllowed(model)).map(([key]) => key));
      }),
    );
  }

  /**
   * Looks again for the predictions of feedback that waits, as far as its turn has come.
   *
   * @returns whether there may be more
   * @throws DatabaseUnavailable
   */
  reconcile(nowMs: number): Promise<boolean> {
    return inTransaction(this.pool, async (client) => {
      const due = await takeDue(client, nowMs);
      if (due.length === 0) return false;
      const found = await this.resolution.resolve(client, due);
      const missed = due.filter((row) => !found.has(identityKey(row)));
      await postpone(client, missed, nowMs);
      return due.length === DUE_AT_ONCE;
    });
  }

  /**
   * Forgets feedback of days before `day`, whose predictions are gone; some thousands at a time.
   *
   * @returns whether there may be more
   * @throws DatabaseUnavailable
   */
  forgetBefore(day: string): Promise<boolean> {
    return inTransaction(this.pool, async (client) => {
      let forgotten = 0;
      for (const table of ['feedback_inbox', 'feedback']) {
        const { rowCount } = await client.query(
          `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
             SELECT ctid FROM ${table} WHERE day < $1 LIMIT 5000 FOR UPDATE SKIP LOCKED))`,
          [day],
        );
        forgotten = Math.max(forgotten, rowCount ?? 0);
      }
      return forgotten === 5000;
    });
  }
}

async function insertIntoInbox(
  client: PoolClient,
  entries: readonly FeedbackEntry[],
  models: ReadonlySet<string> | undefined,
  nextAttemptMs: number,
): Promise<void> {
  const senderModels = models === undefined ? null : [...models].sort();
  await client.query(
    `INSERT INTO feedback_inbox AS known (id, day, actual, sender_key, sender_models, next_attempt_at)
     SELECT id, day, actual, $4, $5, $6 FROM unnest($1::text[], $2::date[], $3::json[]) AS t (id, day, actual)
     ORDER BY id COLLATE "C", day
     ON CONFLICT (id, day, sender_key) DO UPDATE SET
       actual = excluded.actual, received_order = excluded.received_order, received_at = excluded.received_at,
       attempts = 0, next_attempt_at = excluded.next_attempt_at
     WHERE excluded.received_order > known.received_order`,
    [
      entries.map(({ id }) => id),
      entries.map(({ day }) => day),
      entries.map(({ actualJson }) => actualJson),
      senderModels === null ? '' : JSON.stringify(senderModels),
      senderModels,
      new Date(nextAttemptMs).toISOString(),
    ],
  );
}

interface DueRow extends Identity {
  readonly sender_key: string;
  readonly attempts: number;
}

/** Rows another process works on are left to it. */
async function takeDue(client: PoolClient, nowMs: number): Promise<DueRow[]> {
  const { rows } = await client.query<DueRow>(
    `SELECT id, day::text AS day, sender_key, attempts FROM feedback_inbox
     WHERE next_attempt_at <= $1 ORDER BY next_attempt_at LIMIT ${DUE_AT_ONCE} FOR UPDATE SKIP LOCKED`,
    [new Date(nowMs).toISOString()],
  );
  return rows;
}

/** Each time twice as long as before. */
async function postpone(client: PoolClient, rows: readonly DueRow[], nowMs: number): Promise<void> {
  if (rows.length === 0) return;
  const pauseMs = ({ attempts }: DueRow): number =>
    Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts + 1, 20));
  await client.query(
    `UPDATE feedback_inbox AS known SET attempts = known.attempts + 1, next_attempt_at = t.next_attempt_at
     FROM unnest($1::text[], $2::date[], $3::text[], $4::timestamptz[]) AS t (id, day, sender_key, next_attempt_at)
     WHERE known.id = t.id AND known.day = t.day AND known.sender_key = t.sender_key`,
    [
      rows.map(({ id }) => id),
      rows.map(({ day }) => day),
      rows.map(({ sender_key }) => sender_key),
      rows.map((row) => new Date(nowMs + pauseMs(row)).toISOString()),
    ],
  );
}

async function repeatAfterDeadlock<T>(work: () => Promise<T>): Promise<T> {
  for (let run = 1; ; run += 1) {
    try {
      return await work();
    } catch (error) {
      if (run === MOST_RUNS || unavailabilityOf(error)?.causeCode !== DEADLOCK) throw error;
    }
  }
}
