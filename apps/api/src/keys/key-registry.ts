import { generateApiKey, type PepperRing } from '@tidegate/api-keys';
import type { Clock } from '@tidegate/clock';
import { inTransaction, orUnavailable } from '@tidegate/database';
import {
  ProblemError,
  type ApiKeyPage,
  type ApiKeyView,
  type CreateKeyBody,
  type ListKeysQuery,
  type NewApiKeyView,
  type RotateKeyBody,
} from '@tidegate/schemas';
import type { Pool, PoolClient } from 'pg';
import { FALLBACK_CLASS, type RateClasses } from '../limits/rate-classes.config';
import { rateOfClass, requireKnownClass } from './class-rates';
import { lackingRights, type Rights } from './grant-rules';
import { refuseBootstrap, requireFound, requireRotatable, requireValid } from './key-requirements';
import { CREATED_BY_BOOTSTRAP, KEY_COLUMNS, toRights, toView, type KeyRow } from './key-row';

export interface KeyRegistryOptions {
  /** Stands in every key that is made here. */
  readonly environment: string;
  readonly rateClasses: RateClasses;
  /** Told of every key whose rights or end have changed, after the change is committed. */
  readonly onChange: (id: string) => Promise<void>;
}

const MS_PER_DAY = 86_400_000;

/**
 * Makes, shows and ends keys. Whoever does it is looked up again in the database: what a cache remembers is not good enough
 * to hand out rights by.
 *
 * Every method throws DatabaseUnavailable when the database is away.
 */
export class KeyRegistry {
  constructor(
    private readonly pool: Pool,
    private readonly peppers: PepperRing,
    private readonly clock: Clock,
    private readonly options: KeyRegistryOptions,
  ) {}

  /** @throws ProblemError GRANT_REFUSED, BODY_INVALID */
  async create(callerId: string, body: CreateKeyBody): Promise<NewApiKeyView> {
    const rights: Rights = {
      scopes: body.scopes,
      models: body.models ?? null,
      allowedCidrs: body.allowed_cidrs ?? null,
      rateClass: body.rate_class ?? FALLBACK_CLASS,
      expiresAt: this.expiryOf(body) ?? null,
    };
    requireKnownClass(this.options.rateClasses, rights.rateClass);
    return inTransaction(this.pool, async (client) => {
      const rows = await lockRows(client, [callerId]);
      const caller = requireValid(rows.get(callerId), this.clock);
      // Somebody has to make the first keys: this one holds nothing, and may grant anything for a day.
      if (caller.created_by !== CREATED_BY_BOOTSTRAP) this.requireHeld(rights, caller);
      return this.insert(client, { owner: body.owner, createdBy: callerId, rights });
    });
  }

  /** @throws ProblemError BOOTSTRAP_KEY_LIMITED */
  async list(callerId: string, { owner, active, limit, after }: ListKeysQuery): Promise<ApiKeyPage> {
    await this.requireOrdinary(callerId);
    const { rows } = await orUnavailable(() =>
      this.pool.query<KeyRow>(
        `SELECT ${KEY_COLUMNS} FROM api_keys
         WHERE ($1::text IS NULL OR owner = $1)
           AND ($2::bool IS NULL OR $2 = (revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())))
           AND ($3::text IS NULL OR (created_at, id) < (SELECT created_at, id FROM api_keys WHERE id = $3))
         ORDER BY created_at DESC, id DESC LIMIT $4`,
        [owner, active, after, limit + 1],
      ),
    );
    const page = rows.slice(0, limit);
    return { keys: page.map(toView), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  /** @throws ProblemError KEY_NOT_FOUND, BOOTSTRAP_KEY_LIMITED */
  async get(callerId: string, id: string): Promise<ApiKeyView> {
    await this.requireOrdinary(callerId);
    return toView(requireFound(await this.rowOf(id), id));
  }

  /**
   * Makes a key with the rights of another, which stays valid for the overlap.
   *
   * @throws ProblemError KEY_NOT_FOUND, KEY_NOT_ROTATABLE, GRANT_REFUSED, BOOTSTRAP_KEY_LIMITED, BODY_INVALID
   */
  async rotate(callerId: string, id: string, body: RotateKeyBody): Promise<NewApiKeyView> {
    const expiresAt = this.expiryOf(body);
    const created = await inTransaction(this.pool, async (client) => {
      const rows = await lockRows(client, [callerId, id]);
      const caller = requireValid(rows.get(callerId), this.clock);
      refuseBootstrap(caller);
      const old = requireFound(rows.get(id), id);
      requireRotatable(old, this.clock);
      const rights = { ...toRights(old), ...(expiresAt && { expiresAt }) };
      this.requireHeld(rights, caller);
      const made = await this.insert(client, { owner: old.owner, createdBy: callerId, rights });
      await client.query(
        `UPDATE api_keys SET replaced_by = $2,
           revoked_at = CASE WHEN $3::int = 0 THEN now() END,
           expires_at = least(expires_at, now() + make_interval(secs => $3::int)) WHERE id = $1`,
        [id, made.id, body.overlap_seconds],
      );
      return made;
    });
    await this.options.onChange(id);
    return created;
  }

  /** Also when it is revoked already. @throws ProblemError KEY_NOT_FOUND, BOOTSTRAP_KEY_LIMITED */
  async revoke(callerId: string, id: string): Promise<ApiKeyView> {
    if (id !== callerId) await this.requireOrdinary(callerId);
    const { rows } = await orUnavailable(() =>
      this.pool.query<KeyRow>(
        `UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING ${KEY_COLUMNS}`,
        [id],
      ),
    );
    const revoked = toView(requireFound(rows[0], id));
    await this.options.onChange(id);
    return revoked;
  }

  private async insert(
    client: PoolClient,
    { owner, createdBy, rights }: { owner: string; createdBy: string; rights: Rights },
  ): Promise<NewApiKeyView> {
    const { id, text } = generateApiKey({ environment: this.options.environment });
    const { hash, pepperId } = this.peppers.hash(text);
    const { scopes, models, allowedCidrs, rateClass, expiresAt } = rights;
    const { rows } = await client.query<KeyRow>(
      `INSERT INTO api_keys (id, hash, pepper_id, owner, scopes, models, allowed_cidrs, rate_class, created_by, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${KEY_COLUMNS}`,
      [id, hash, pepperId, owner, scopes, models, allowedCidrs, rateClass, createdBy, expiresAt],
    );
    return { ...toView(requireFound(rows[0], id)), key: text };
  }

  private requireHeld(rights: Rights, granter: KeyRow): void {
    const { rateClasses } = this.options;
    const lacking = lackingRights(rights, toRights(granter), (name) => rateOfClass(rateClasses, name));
    if (lacking.length > 0) throw new ProblemError('GRANT_REFUSED', { detail: lacking.join('; ') });
  }

  private async requireOrdinary(callerId: string): Promise<void> {
    refuseBootstrap(requireValid(await this.rowOf(callerId), this.clock));
  }

  private async rowOf(id: string): Promise<KeyRow | undefined> {
    const { rows } = await orUnavailable(() =>
      this.pool.query<KeyRow>(`SELECT ${KEY_COLUMNS} FROM api_keys WHERE id = $1`, [id]),
    );
    return rows[0];
  }

  /** Undefined when the body says nothing about it. */
  private expiryOf({ expires_at, expires_in_days }: RotateKeyBody | CreateKeyBody): Date | undefined {
    if (expires_in_days !== undefined) return new Date(this.clock.nowMs() + expires_in_days * MS_PER_DAY);
    if (expires_at === undefined) return undefined;
    const expiresAt = new Date(expires_at);
    if (expiresAt.getTime() > this.clock.nowMs()) return expiresAt;
    throw new ProblemError('BODY_INVALID', { detail: 'expires_at: expected a time in the future' });
  }
}

/** In the order of their ids, as everybody locks them. */
async function lockRows(client: PoolClient, ids: readonly string[]): Promise<ReadonlyMap<string, KeyRow>> {
  const { rows } = await client.query<KeyRow>(
    `SELECT ${KEY_COLUMNS} FROM api_keys WHERE id = ANY ($1) ORDER BY id FOR UPDATE`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
