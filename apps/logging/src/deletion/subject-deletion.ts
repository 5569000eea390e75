import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { inTransaction } from '@tidegate/database';
import type { Pool, PoolClient } from 'pg';

const ROWS_AT_ONCE = 1000;

/** Deletes what is stored of a person, in small transactions; what is counted of them stays, since it names nobody. */
@Injectable()
export class SubjectDeletion {
  private readonly logger = new Logger('Audit');

  constructor(private readonly pool: Pool) {}

  /**
   * @param models only predictions of these; undefined: of any
   * @returns the number of predictions
   * @throws DatabaseUnavailable when not all could be deleted; asking again goes on
   */
  async delete(subject: string, models: ReadonlySet<string> | undefined, requestId: string): Promise<number> {
    let deleted = 0;
    try {
      for (let hasMore = true; hasMore;) {
        const some = await inTransaction(this.pool, (client) => deleteSome(client, subject, models));
        deleted += some.deleted;
        hasMore = some.hasMore;
      }
      return deleted;
    } finally {
      const subjectHash = createHash('sha256').update(subject).digest('hex').slice(0, 16);
      this.logger.log(
        { audit: true, action: 'DELETE predictions', subjectHash, deleted, requestId },
        'change',
      );
    }
  }
}

/** The same order of tables as feedback takes its locks in. */
async function deleteSome(
  client: PoolClient,
  subject: string,
  models: ReadonlySet<string> | undefined,
): Promise<{ deleted: number; hasMore: boolean }> {
  const found = await client.query<{ id: string; day: string }>(
    `SELECT id, day::text AS day FROM predictions
     WHERE subject = $1 AND ($2::text[] IS NULL OR model = ANY($2)) ORDER BY day, id LIMIT ${ROWS_AT_ONCE}`,
    [subject, models === undefined ? null : [...models]],
  );
  const ids = found.rows.map(({ id }) => id);
  const days = found.rows.map(({ day }) => day);
  const distinctDays = [...new Set(days)];
  if (ids.length === 0) return { deleted: 0, hasMore: false };
  await deleteFrom(client, 'feedback_inbox', ids, days, distinctDays);
  const deleted = await deleteFrom(client, 'predictions', ids, days, distinctDays);
  await deleteFrom(client, 'feedback', ids, days, distinctDays);
  await deleteFrom(client, 'baseline_events', ids, days, distinctDays);
  return { deleted, hasMore: ids.length === ROWS_AT_ONCE };
}

async function deleteFrom(
  client: PoolClient,
  table: string,
  ids: readonly string[],
  days: readonly string[],
  distinctDays: readonly string[],
): Promise<number> {
  // The days by themselves let the planner leave out the other partitions.
  const { rowCount } = await client.query(
    `DELETE FROM ${table} WHERE day = ANY($3) AND id = ANY($1) AND (id, day) IN (SELECT * FROM unnest($1::text[], $2::date[]))`,
    [ids, days, distinctDays],
  );
  return rowCount ?? 0;
}
