import type { KeyHash, Scope } from '@tidegate/api-keys';

/** What is known of a key. The key itself is nowhere but with its owner. */
export interface KeyRecord extends KeyHash {
  readonly id: string;
  readonly owner: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly expiresAt: Date | undefined;
  readonly revokedAt: Date | undefined;
}

/** Who a request comes from, after its key was checked. */
export interface Caller {
  readonly keyId: string;
  readonly owner: string;
  readonly scopes: ReadonlySet<Scope>;
}
