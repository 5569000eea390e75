import { missingScope, parseApiKey, PepperRing, presentedKey, type Scope } from '@tidegate/api-keys';
import type { Clock } from '@tidegate/clock';
import { ProblemError } from '@tidegate/schemas';
import type { KeyCache } from './key-cache';
import type { Caller, KeyRecord } from './key-record';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const CHALLENGE = { 'www-authenticate': 'Bearer realm="tidegate"' };

/** Checks the key of a request. Its answers never say why a key is not valid. */
export class Authenticator {
  constructor(
    private readonly cache: KeyCache,
    private readonly peppers: PepperRing,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws ProblemError API_KEY_REQUIRED, API_KEY_INVALID (unknown, revoked, expired, malformed and used from a network
   * it is not for, all alike) or KEY_STORE_UNAVAILABLE.
   */
  async authenticate(headers: Headers, clientAddress: string): Promise<Caller> {
    const text = presentedKey(headers);
    if (text === undefined) throw new ProblemError('API_KEY_REQUIRED', { headers: CHALLENGE });
    const key = parseApiKey(text);
    const record = key && (this.cache.peek(key.id) ?? (await this.cache.find(key.id)));
    if (
      !record ||
      !this.peppers.verify(text, record) ||
      this.isOver(record) ||
      record.allowedNetworks?.includes(clientAddress) === false
    ) {
      throw new ProblemError('API_KEY_INVALID', { headers: CHALLENGE });
    }
    const { id: keyId, owner, scopes, models, rateClass } = record;
    return { keyId, owner, scopes, models, rateClass, clientAddress };
  }

  private isOver({ expiresAt, revokedAt }: KeyRecord): boolean {
    const nowMs = this.clock.nowMs();
    return (
      (expiresAt !== undefined && expiresAt.getTime() <= nowMs) ||
      (revokedAt !== undefined && revokedAt.getTime() <= nowMs)
    );
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
