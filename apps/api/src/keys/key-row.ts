import { SCOPES, type Scope } from '@tidegate/api-keys';
import { Networks } from '@tidegate/ip-networks';
import type { ApiKeyView } from '@tidegate/schemas';
import type { Rights } from './grant-rules';
import type { KeyRecord } from './key-record';

/** A row of the table `api_keys`. */
export interface KeyRow {
  readonly id: string;
  readonly hash: Buffer;
  readonly pepper_id: string;
  readonly owner: string;
  readonly scopes: readonly string[];
  readonly models: readonly string[] | null;
  readonly allowed_cidrs: readonly string[] | null;
  readonly rate_class: string;
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
  readonly replaced_by: string | null;
}

/** The columns by name: a table that lacks one is told apart from a key without limits. */
export const KEY_COLUMNS =
  'id, hash, pepper_id, owner, scopes, models, allowed_cidrs, rate_class, ' +
  'created_by, created_at, expires_at, revoked_at, last_used_at, replaced_by';

/** `created_by` of the keys of services, which are given by secret. */
export const CREATED_BY_SECRET = 'secret';
/** `created_by` of the key that may make the first keys. */
export const CREATED_BY_BOOTSTRAP = 'bootstrap';

const KNOWN_SCOPES: ReadonlySet<string> = new Set(SCOPES);

/** For checking requests. A scope this version does not know (the database is newer) grants nothing. */
export function toRecord(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    hash: row.hash,
    pepperId: row.pepper_id,
    owner: row.owner,
    scopes: new Set(row.scopes.filter((scope): scope is Scope => KNOWN_SCOPES.has(scope))),
    models: row.models === null ? undefined : new Set(row.models),
    allowedNetworks: row.allowed_cidrs === null ? undefined : Networks.parse(row.allowed_cidrs),
    rateClass: row.rate_class,
    createdBy: row.created_by,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}

/** For people: everything but the hash. */
export function toView(row: KeyRow): ApiKeyView {
  return {
    id: row.id,
    owner: row.owner,
    scopes: [...row.scopes],
    models: row.models && [...row.models],
    allowed_cidrs: row.allowed_cidrs && [...row.allowed_cidrs],
    rate_class: row.rate_class,
    created_by: row.created_by,
    created_at: row.created_at.toISOString(),
    expires_at: isoOrNull(row.expires_at),
    revoked_at: isoOrNull(row.revoked_at),
    last_used_at: isoOrNull(row.last_used_at),
    replaced_by: row.replaced_by,
  };
}

/** For comparing with another key; with the scopes this version does not know. */
export function toRights(row: KeyRow): Rights {
  return {
    scopes: row.scopes,
    models: row.models,
    allowedCidrs: row.allowed_cidrs,
    rateClass: row.rate_class,
    expiresAt: row.expires_at,
  };
}

function isoOrNull(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
