import { DatabaseUnavailable, orUnavailable } from '@tidegate/database';
import { DatabaseError, type Pool } from 'pg';
import type { KeyRecord } from './key-record';
import { KEY_COLUMNS, toRecord, type KeyRow } from './key-row';
import type { KeyUse } from './key-usage';

/** The table or a column is not there yet: another moment, and the migration has run. */
const NOT_MIGRATED: ReadonlySet<string> = new Set(['42P01', '42703']);

/** What checking requests reads and writes. Every method throws DatabaseUnavailable when the database is away. */
export class KeyStore {
  constructor(private readonly pool: Pool) {}

  async find(id: string): Promise<KeyRecord | undefined> {
    try {
      const { rows } = await orUnavailable(() =>
        this.pool.query<KeyRow>(`SELECT ${KEY_COLUMNS} FROM api_keys WHERE id = $1`, [id]),
      );
      return rows[0] && toRecord(rows[0]);
    } catch (error) {
      const state = error instanceof DatabaseError ? (error.code ?? '') : '';
      if (NOT_MIGRATED.has(state)) throw new DatabaseUnavailable(state, error as Error);
      throw error;
    }
  }

  /**
   * Writes down when keys were last used, and replaces hashes of the pepper before. Rows are locked in the order of
   * their ids: several processes do this at the same time.
   */
  async recordUses(uses: readonly KeyUse[]): Promise<void> {
    await orUnavailable(() =>
      this.pool.query(
        `WITH used AS (
           SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
             AS used (id, used_at, old_pepper_id, new_pepper_id, new_hash)
         ), locked AS (
           SELECT id FROM api_keys WHERE id = ANY ($1) ORDER BY id FOR UPDATE
         )
         UPDATE api_keys SET
           last_used_at = greatest(api_keys.last_used_at, used.used_at),
           hash = CASE WHEN api_keys.pepper_id = used.old_pepper_id THEN decode(used.new_hash, 'hex') ELSE api_keys.hash END,
           pepper_id = CASE WHEN api_keys.pepper_id = used.old_pepper_id THEN used.new_pepper_id ELSE api_keys.pepper_id END
         FROM used JOIN locked USING (id) WHERE api_keys.id = used.id`,
        [
          uses.map(({ id }) => id),
          uses.map(({ usedAtMs }) => new Date(usedAtMs)),
          uses.map(({ rehash }) => rehash?.oldPepperId),
          uses.map(({ rehash }) => rehash?.pepperId),
          uses.map(({ rehash }) => rehash?.hash.toString('hex')),
        ],
      ),
    );
  }
}
