import type { Address } from './address';
import type { DnsErrorCode } from './dns-error';

/** One question to one source; `result` is `found` or the error code. */
export interface LookupEvent {
  readonly hostname: string;
  readonly source: 'name-server' | 'system';
  readonly result: 'found' | DnsErrorCode;
  readonly durationMs: number;
}

/** What metrics, logs and connection pools may want to know. Called synchronously: be quick, do not throw. */
export interface AddressBookObserver {
  lookupFinished?(event: LookupEvent): void;
  /** An answer was given without asking anybody. */
  cacheHit?(hostname: string, state: 'fresh' | 'stale' | 'fallback'): void;
  /** The set differs from the last good answer; `previous` is empty for the first one. */
  addressesChanged?(hostname: string, addresses: readonly Address[], previous: readonly Address[]): void;
  /** The fall-back address came into use, or is no longer needed. */
  fallbackChanged?(hostname: string, isActive: boolean): void;
  /** After each answer of the name server for a name that has a fall-back address. */
  fallbackCompared?(hostname: string, matches: boolean): void;
}
