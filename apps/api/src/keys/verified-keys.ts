import { hash } from 'node:crypto';
import type { KeyRecord } from './key-record';

/** Bounds memory; nobody has as many keys in use at once. */
const MAX_ENTRIES = 10_000;

/**
 * Which record a key was verified with, by the digest of the key: its text is kept nowhere. Parsing a key and its HMAC cost
 * more than all other checks of a request together; so they are done once for each reading of a record.
 */
export class VerifiedKeys {
  private readonly records = new Map<string, KeyRecord>();

  /** The record; only good as long as it is still the one that is in force. */
  find(digest: string): KeyRecord | undefined {
    return this.records.get(digest);
  }

  remember(digest: string, record: KeyRecord): void {
    if (this.records.size >= MAX_ENTRIES) this.records.clear();
    this.records.set(digest, record);
  }
}

/** Whoever learns it cannot make the key of it: there are 256 random bits in one. */
export function digestOf(keyText: string): string {
  return hash('sha256', keyText, 'base64');
}
