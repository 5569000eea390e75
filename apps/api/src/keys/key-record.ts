import type { KeyHash, Scope } from '@tidegate/api-keys';
import type { Networks } from '@tidegate/ip-networks';

/** What is known of a key. The key itself is nowhere but with its owner. */
export interface KeyRecord extends KeyHash {
  readonly id: string;
  readonly owner: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Registered models it is limited to; undefined: all. */
  readonly models: ReadonlySet<string> | undefined;
  /** Where it may be used from; undefined: anywhere. */
  readonly allowedNetworks: Networks | undefined;
  /** Names one of the limits of the configuration. */
  readonly rateClass: string;
  readonly createdBy: string;
  readonly expiresAt: Date | undefined;
  readonly revokedAt: Date | undefined;
}

/** Who a request comes from, after its key was checked. */
export interface Caller {
  readonly keyId: string;
  readonly owner: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly models: ReadonlySet<string> | undefined;
  readonly rateClass: string;
  /** Where the request came from. */
  readonly clientAddress: string;
}
