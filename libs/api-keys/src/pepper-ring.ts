import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What is stored of a key: its HMAC and which pepper made it. */
export interface KeyHash {
  /** HMAC-SHA256 of the whole key, 32 bytes. */
  readonly hash: Buffer;
  /** Names the pepper without revealing it: the first 12 hex digits of its SHA-256. */
  readonly pepperId: string;
}

/**
 * Hashes and checks keys with the current pepper; hashes made with the previous one stay valid while a pepper is
 * being replaced. Keys carry 256 random bits, so one fast keyed hash is enough: there is nothing to guess.
 */
export class PepperRing {
  private readonly peppers: ReadonlyMap<string, string>;
  private readonly currentId: string;

  constructor(currentPepper: string, previousPepper?: string) {
    this.currentId = pepperIdOf(currentPepper);
    const all = previousPepper === undefined ? [currentPepper] : [currentPepper, previousPepper];
    this.peppers = new Map(all.map((pepper) => [pepperIdOf(pepper), pepper]));
  }

  hash(keyText: string): KeyHash {
    return { hash: this.hmac(this.currentId, keyText), pepperId: this.currentId };
  }

  /** False for a hash that is lost when the previous pepper is no longer held. */
  isCurrent({ pepperId }: KeyHash): boolean {
    return pepperId === this.currentId;
  }

  /** Whether `keyText` made `stored`; false also when the pepper of `stored` is no longer held. Constant time. */
  verify(keyText: string, stored: KeyHash): boolean {
    if (!this.peppers.has(stored.pepperId)) return false;
    const given = this.hmac(stored.pepperId, keyText);
    return given.length === stored.hash.length && timingSafeEqual(given, stored.hash);
  }

  private hmac(pepperId: string, keyText: string): Buffer {
    return createHmac('sha256', this.peppers.get(pepperId) ?? '')
      .update(keyText)
      .digest();
  }
}

function pepperIdOf(pepper: string): string {
  return createHash('sha256').update(pepper).digest('hex').slice(0, 12);
}
