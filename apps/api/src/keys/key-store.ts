import { inTransaction, orUnavailable } from '@tidegate/database';
import { parseApiKey, PepperRing, SCOPES, type Scope } from '@tidegate/api-keys';
import type { Pool, PoolClient } from 'pg';
import type { KeyRecord } from './key-record';
import type { SeedKey } from './seed-keys.config';

interface KeyRow {
  id: string;
  hash: Buffer;
  pepper_id: string;
  owner: string;
  scopes: string[];
  created_by: string;
  expires_at: Date | null;
  revoked_at: Date | null;
}

const SEEDED_BY_SECRET = 'secret';
const BOOTSTRAP_LIFETIME_HOURS = 24;
/** Two api processes may start at once; only one of them may find the table empty. */
const SEED_LOCK = 'tidegate api key seeding';

/** API keys in PostgreSQL, as hashes. Every method throws DatabaseUnavailable when the database is away. */
export class KeyStore {
  constructor(
    private readonly pool: Pool,
    private readonly peppers: PepperRing,
  ) {}

  async find(id: string): Promise<KeyRecord | undefined> {
    const { rows } = await orUnavailable(() =>
      this.pool.query<KeyRow>(
        'SELECT id, hash, pepper_id, owner, scopes, created_by, expires_at, revoked_at FROM api_keys WHERE id = $1',
        [id],
      ),
    );
    return rows[0] && toRecord(rows[0]);
  }

  /**
   * Stores the keys that come by secret: the services' keys always (as given now), the bootstrap key only
   * while nobody has made a key yet, for 24 hours and for managing keys only.
   */
  async seed(serviceKeys: readonly SeedKey[], bootstrapKey: string | undefined): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [SEED_LOCK]);
      if (bootstrapKey !== undefined && (await hasNoKeyOfPeople(client)))
        await this.insertBootstrap(client, bootstrapKey);
      for (const seedKey of serviceKeys) await this.upsertServiceKey(client, seedKey);
    });
  }

  private async upsertServiceKey(client: PoolClient, { name, key, scopes }: SeedKey): Promise<void> {
    const { hash, pepperId } = this.peppers.hash(key);
    await client.query(
      `INSERT INTO api_keys (id, hash, pepper_id, owner, scopes, created_by) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (id) DO UPDATE SET hash = $2, pepper_id = $3, owner = $4, scopes = $5 WHERE api_keys.created_by = $6`,
      [idOf(key), hash, pepperId, name, scopes, SEEDED_BY_SECRET],
    );
  }

  private async insertBootstrap(client: PoolClient, key: string): Promise<void> {
    const { hash, pepperId } = this.peppers.hash(key);
    await client.query(
      `INSERT INTO api_keys (id, hash, pepper_id, owner, scopes, created_by, expires_at)
       VALUES ($1, $2, $3, 'bootstrap', $4, 'bootstrap', now() + make_interval(hours => $5)) ON CONFLICT (id) DO NOTHING`,
      [idOf(key), hash, pepperId, ['keys:admin'], BOOTSTRAP_LIFETIME_HOURS],
    );
  }
}

async function hasNoKeyOfPeople(client: PoolClient): Promise<boolean> {
  const { rowCount } = await client.query('SELECT 1 FROM api_keys WHERE created_by <> $1 LIMIT 1', [
    SEEDED_BY_SECRET,
  ]);
  return rowCount === 0;
}

function idOf(keyText: string): string {
  const key = parseApiKey(keyText);
  if (!key)
    throw new Error(
      'a key given by secret has not the key format; the configuration check should have said so',
    );
  return key.id;
}

const KNOWN_SCOPES: ReadonlySet<string> = new Set(SCOPES);

/** A scope this version does not know (the database is newer) grants nothing. */
function toRecord(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    hash: row.hash,
    pepperId: row.pepper_id,
    owner: row.owner,
    scopes: new Set(row.scopes.filter((scope): scope is Scope => KNOWN_SCOPES.has(scope))),
    models: undefined,
    allowedNetworks: undefined,
    rateClass: 'standard',
    createdBy: row.created_by,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}
