import { missingScope, parseApiKey, PepperRing, presentedKey, type Scope } from '@tidegate/api-keys';
import type { Clock } from '@tidegate/clock';
import { ProblemError } from '@tidegate/schemas';
import type { KeyCache } from './key-cache';
import type { AuthenticationResult } from './key-metrics';
import type { Caller, KeyRecord } from './key-record';
import { digestOf, VerifiedKeys } from './verified-keys';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Who wants to know what came of a request's key. */
export interface AuthenticationObserver {
  authenticated(result: AuthenticationResult): void;
  used(text: string, record: KeyRecord): void;
}

const CHALLENGE = { 'www-authenticate': 'Bearer realm="tidegate"' };

/** Checks the key of a request. Its answers never say why a key is not valid. */
export class Authenticator {
  private readonly verified = new VerifiedKeys();

  constructor(
    private readonly cache: KeyCache,
    private readonly peppers: PepperRing,
    private readonly clock: Clock,
    private readonly observer: AuthenticationObserver,
  ) {}

  /**
   * @throws ProblemError API_KEY_REQUIRED, API_KEY_INVALID (unknown, revoked, expired, malformed and used from a network
   * it is not for, all alike) or KEY_STORE_UNAVAILABLE.
   */
  async authenticate(headers: Headers, clientAddress: string): Promise<Caller> {
    const text = presentedKey(headers);
    if (text === undefined) {
      this.observer.authenticated('missing');
      throw new ProblemError('API_KEY_REQUIRED', { headers: CHALLENGE });
    }
    const digest = digestOf(text);
    const record = this.verifiedBefore(digest) ?? (await this.verify(text, digest));
    if (!record || this.isOver(record) || record.allowedNetworks?.includes(clientAddress) === false) {
      this.observer.authenticated('invalid');
      throw new ProblemError('API_KEY_INVALID', { headers: CHALLENGE });
    }
    this.observer.authenticated('accepted');
    this.observer.used(text, record);
    const { id: keyId, owner, scopes, models, rateClass } = record;
    return { keyId, owner, scopes, models, rateClass, clientAddress };
  }

  /** A record that was read again since is verified again. */
  private verifiedBefore(digest: string): KeyRecord | undefined {
    const record = this.verified.find(digest);
    return record !== undefined && this.cache.peek(record.id) === record ? record : undefined;
  }

  private async verify(text: string, digest: string): Promise<KeyRecord | undefined> {
    const key = parseApiKey(text);
    const record = key && (this.cache.peek(key.id) ?? (await this.lookUp(key.id)));
    if (!record || !this.peppers.verify(text, record)) return undefined;
    this.verified.remember(digest, record);
    return record;
  }

  private async lookUp(id: string): Promise<KeyRecord | undefined> {
    try {
      return await this.cache.find(id);
    } catch (error) {
      this.observer.authenticated('unavailable');
      throw error;
    }
  }

  /** A revocation counts whatever the time: the database's clock, which it has its time from, may be ahead of ours. */
  private isOver({ expiresAt, revokedAt }: KeyRecord): boolean {
    return revokedAt !== undefined || (expiresAt !== undefined && expiresAt.getTime() <= this.clock.nowMs());
  }
}

/** @throws ProblemError SCOPE_MISSING naming the scope. */
export function requireScopes(caller: Caller, scopes: readonly Scope[]): void {
  const missing = missingScope(caller.scopes, scopes);
  if (missing !== undefined) {
    throw new ProblemError('SCOPE_MISSING', {
      detail: `This request needs the scope "${missing}", which key ${caller.keyId} does not hold`,
    });
  }
}
