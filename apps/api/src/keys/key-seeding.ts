import { parseApiKey, PepperRing, type KeyHash } from '@tidegate/api-keys';
import { inTransaction } from '@tidegate/database';
import type { Pool, PoolClient } from 'pg';
import { CREATED_BY_BOOTSTRAP, CREATED_BY_SECRET } from './key-row';
import type { SeedKey } from './seed-keys.config';

/** What storing the given keys changed, by id, for the log. */
export interface SeedChanges {
  /** No longer given: they end after {@link GRACE_HOURS}. */
  readonly ending: readonly string[];
  /** Given again in time: they no longer end. */
  readonly kept: readonly string[];
}

const BOOTSTRAP_LIFETIME_HOURS = 24;
/** During a deployment services still run with the key of before. */
export const GRACE_HOURS = 24;
/** Two api processes may start at once; only one of them may find the table empty. */
const SEED_LOCK = 'tidegate api key seeding';

/** Stores the keys that come by secret. */
export class KeySeeding {
  constructor(
    private readonly pool: Pool,
    private readonly peppers: PepperRing,
  ) {}

  /**
   * The services' keys always (as given now; those of before end some time later), the bootstrap key only while nobody
   * has made a key yet, for 24 hours and for managing keys only.
   *
   * @throws DatabaseUnavailable when the database is away.
   */
  seed(serviceKeys: readonly SeedKey[], bootstrapKey: string | undefined): Promise<SeedChanges> {
    return inTransaction(this.pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [SEED_LOCK]);
      if (bootstrapKey !== undefined && (await hasNoKeyOfPeople(client)))
        await this.insertBootstrap(client, bootstrapKey);
      const ids = serviceKeys.map(({ key }) => idOf(key));
      const kept = await keepGiven(client, ids);
      for (const seedKey of serviceKeys) await this.upsertServiceKey(client, seedKey);
      return { kept, ending: await endOthers(client, ids) };
    });
  }

  private async upsertServiceKey(client: PoolClient, seedKey: SeedKey): Promise<void> {
    const { name, key, scopes, models, allowed_cidrs, rate_class } = seedKey;
    const { hash, pepperId } = await this.hashOf(client, key);
    await client.query(
      `INSERT INTO api_keys (id, hash, pepper_id, owner, scopes, models, allowed_cidrs, rate_class, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8, 'high'), $9)
       ON CONFLICT (id) DO UPDATE SET hash = $2, pepper_id = $3, owner = $4, scopes = $5, models = $6, allowed_cidrs = $7,
         rate_class = excluded.rate_class WHERE api_keys.created_by = $9`,
      [idOf(key), hash, pepperId, name, scopes, models, allowed_cidrs, rate_class, CREATED_BY_SECRET],
    );
  }

  /** A hash that fits stays as it is: processes that still run with the pepper before could not check a new one. */
  private async hashOf(client: PoolClient, key: string): Promise<KeyHash> {
    const { rows } = await client.query<KeyHash>(
      'SELECT hash, pepper_id AS "pepperId" FROM api_keys WHERE id = $1',
      [idOf(key)],
    );
    return rows[0] && this.peppers.verify(key, rows[0]) ? rows[0] : this.peppers.hash(key);
  }

  private async insertBootstrap(client: PoolClient, key: string): Promise<void> {
    const { hash, pepperId } = this.peppers.hash(key);
    await client.query(
      `INSERT INTO api_keys (id, hash, pepper_id, owner, scopes, created_by, expires_at)
       VALUES ($1, $2, $3, $4, $5, $4, now() + make_interval(hours => $6)) ON CONFLICT (id) DO NOTHING`,
      [idOf(key), hash, pepperId, CREATED_BY_BOOTSTRAP, ['keys:admin'], BOOTSTRAP_LIFETIME_HOURS],
    );
  }
}

async function hasNoKeyOfPeople(client: PoolClient): Promise<boolean> {
  const { rowCount } = await client.query('SELECT 1 FROM api_keys WHERE created_by <> $1 LIMIT 1', [
    CREATED_BY_SECRET,
  ]);
  return rowCount === 0;
}

async function keepGiven(client: PoolClient, ids: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE api_keys SET expires_at = NULL
     WHERE created_by = $1 AND id = ANY ($2) AND expires_at IS NOT NULL RETURNING id`,
    [CREATED_BY_SECRET, ids],
  );
  return rows.map(({ id }) => id);
}

async function endOthers(client: PoolClient, ids: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE api_keys SET expires_at = now() + make_interval(hours => $3)
     WHERE created_by = $1 AND id <> ALL ($2) AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > now() + make_interval(hours => $3)) RETURNING id`,
    [CREATED_BY_SECRET, ids, GRACE_HOURS],
  );
  return rows.map(({ id }) => id);
}

function idOf(keyText: string): string {
  const key = parseApiKey(keyText);
  if (!key)
    throw new Error(
      'a key given by secret has not the key format; the configuration check should have said so',
    );
  return key.id;
}
