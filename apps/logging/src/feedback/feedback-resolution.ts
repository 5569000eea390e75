import type { PoolClient } from 'pg';
import { applyRollups, RollupChanges } from '../store/rollups';
import { labelOf, type LabelFields } from './label';

/** What a prediction is known by. */
export interface Identity {
  readonly id: string;
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
}

interface PredictionRow extends Identity {
  readonly model: string;
  readonly version: string;
  readonly predicted_at: Date;
  readonly outputs: unknown;
}

interface InboxRow extends Identity {
  readonly sender_key: string;
  readonly sender_models: string[] | null;
  readonly actual: unknown;
  readonly actual_text: string;
  /** Grows with every row that came. */
  readonly received_order: string;
  readonly received_at: string;
}

interface CountedRow extends Identity {
  readonly is_correct: boolean | null;
  readonly received_order: string;
}

interface Decision {
  readonly row: InboxRow;
  readonly isCorrect: boolean | null;
}

export function identityKey({ id, day }: Identity): string {
  return `${day} ${id}`;
}

/** Brings feedback and its prediction together, inside a transaction. */
export class FeedbackResolution {
  constructor(private readonly labelFields: LabelFields) {}

  /**
   * For the identities whose prediction is there: of what lies in the inbox the newest that its sender may say counts from
   * now on, the rest is dropped; roll-ups change by the difference.
   *
   * @returns the model of each prediction that was found, by {@link identityKey}
   */
  async resolve(client: PoolClient, identities: readonly Identity[]): Promise<ReadonlyMap<string, string>> {
    const predictions = await lockPredictions(client, identities);
    if (predictions.length === 0) return new Map();
    const inbox = await takeInbox(client, predictions);
    const counted = new Map((await findCounted(client, predictions)).map((row) => [identityKey(row), row]));
    const changes = new RollupChanges();
    const decisions: Decision[] = [];
    for (const prediction of predictions) {
      const key = identityKey(prediction);
      const before = counted.get(key);
      const row = newestAllowed(inbox.get(key) ?? [], prediction.model, before);
      if (!row) continue;
      const isCorrect = this.judge(prediction, row.actual);
      decisions.push({ row, isCorrect });
      const change = changes.of(prediction.model, prediction.version, prediction.predicted_at.getTime());
      change.judged += judged(isCorrect) - judged(before?.is_correct);
      change.correct += correct(isCorrect) - correct(before?.is_correct);
    }
    await count(client, decisions);
    await applyRollups(client, changes);
    return new Map(predictions.map((prediction) => [identityKey(prediction), prediction.model]));
  }

  /** Null when there is nothing to compare. */
  private judge({ model, outputs }: PredictionRow, actual: unknown): boolean | null {
    const said = labelOf(model, outputs, this.labelFields);
    const turnedOut = labelOf(model, actual, this.labelFields);
    return said === undefined || turnedOut === undefined ? null : said === turnedOut;
  }
}

function newestAllowed(
  rows: readonly InboxRow[],
  model: string,
  before: CountedRow | undefined,
): InboxRow | undefined {
  let newest: InboxRow | undefined;
  let order = before === undefined ? -1n : BigInt(before.received_order);
  for (const row of rows) {
    const isAllowed = row.sender_models === null || row.sender_models.includes(model);
    if (!isAllowed || BigInt(row.received_order) <= order) continue;
    newest = row;
    order = BigInt(row.received_order);
  }
  return newest;
}

function judged(isCorrect: boolean | null | undefined): number {
  return isCorrect === null || isCorrect === undefined ? 0 : 1;
}

function correct(isCorrect: boolean | null | undefined): number {
  return isCorrect === true ? 1 : 0;
}

function keyColumns(identities: readonly Identity[]): [string[], string[]] {
  return [identities.map(({ id }) => id), identities.map(({ day }) => day)];
}

/** In key order. The days by themselves let the planner leave out all other partitions. */
async function lockPredictions(
  client: PoolClient,
  identities: readonly Identity[],
): Promise<PredictionRow[]> {
  const [ids, days] = keyColumns(identities);
  const { rows } = await client.query<PredictionRow>(
    `SELECT p.id, p.day::text AS day, p.model, p.version, p.predicted_at, p.outputs
     FROM predictions p
     WHERE p.day = ANY($3) AND p.id = ANY($1)
       AND (p.id, p.day) IN (SELECT * FROM unnest($1::text[], $2::date[]))
     ORDER BY p.id, p.day FOR NO KEY UPDATE OF p`,
    [ids, days, [...new Set(days)]],
  );
  return rows;
}

/** Takes all there is of these identities but what another transaction is changing: that one will see to it. */
async function takeInbox(
  client: PoolClient,
  identities: readonly Identity[],
): Promise<ReadonlyMap<string, InboxRow[]>> {
  const { rows } = await client.query<InboxRow>(
    `DELETE FROM feedback_inbox WHERE ctid = ANY(ARRAY(
       SELECT i.ctid FROM feedback_inbox i JOIN unnest($1::text[], $2::date[]) AS t (id, day) USING (id, day)
       FOR UPDATE OF i SKIP LOCKED))
     RETURNING id, day::text AS day, sender_key, sender_models, actual, actual::text AS actual_text, received_order,
               received_at::text AS received_at`,
    keyColumns(identities),
  );
  const byKey = new Map<string, InboxRow[]>();
  for (const row of rows) {
    const key = identityKey(row);
    byKey.set(key, [...(byKey.get(key) ?? []), row]);
  }
  return byKey;
}

async function findCounted(client: PoolClient, identities: readonly Identity[]): Promise<CountedRow[]> {
  const { rows } = await client.query<CountedRow>(
    `SELECT id, day::text AS day, is_correct, received_order FROM feedback
     JOIN unnest($1::text[], $2::date[]) AS t (id, day) USING (id, day)`,
    keyColumns(identities),
  );
  return rows;
}

async function count(client: PoolClient, decisions: readonly Decision[]): Promise<void> {
  if (decisions.length === 0) return;
  await client.query(
    `INSERT INTO feedback (id, day, actual, is_correct, received_order, received_at)
     SELECT * FROM unnest($1::text[], $2::date[], $3::json[], $4::boolean[], $5::bigint[], $6::timestamptz[])
     ON CONFLICT (id, day) DO UPDATE SET actual = excluded.actual, is_correct = excluded.is_correct,
       received_order = excluded.received_order, received_at = excluded.received_at`,
    [
      decisions.map(({ row }) => row.id),
      decisions.map(({ row }) => row.day),
      decisions.map(({ row }) => row.actual_text),
      decisions.map(({ isCorrect }) => isCorrect),
      decisions.map(({ row }) => row.received_order),
      decisions.map(({ row }) => row.received_at),
    ],
  );
}
