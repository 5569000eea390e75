import type { Address } from './address';
import { ageMs, usableAddresses, type Answer } from './answer';
import type { DnsError, DnsErrorCode } from './dns-error';

/** What is known about a name, for health and diagnosis. */
export interface NameState {
  readonly hostname: string;
  /** `expired`: nobody asked since it ran out and nothing failed; the next `resolve` asks. */
  readonly cache: 'fresh' | 'expired' | 'stale' | 'fallback' | 'none';
  /** The addresses a caller would get now; empty for `none`. */
  readonly addresses: readonly string[];
  /** Since the last good answer of name server or system; missing when there was none. */
  readonly lastGoodAgeSeconds?: number;
  /** Why the name server gave no answer the last time; missing while it answers. */
  readonly lastErrorCode?: DnsErrorCode;
  readonly fallback?: {
    readonly address: string;
    readonly isActive: boolean;
    /** Whether the name server's last answer holds this address; missing before the first answer. */
    readonly matches?: boolean;
  };
}

/** What the address book keeps of a name, as far as its state depends on it. */
export interface KnownName {
  readonly answer: Answer | undefined;
  readonly failure: DnsError | undefined;
  readonly fallbackMatches: boolean | undefined;
}

export function describeName(
  hostname: string,
  known: KnownName | undefined,
  fallback: Address | undefined,
  nowMs: number,
): NameState {
  const { cache, addresses } = whatCallersGet(known, fallback, nowMs);
  return {
    hostname,
    cache,
    addresses: addresses.map(({ address }) => address),
    ...(known?.answer && { lastGoodAgeSeconds: ageMs(known.answer, nowMs) / 1000 }),
    ...(known?.failure && { lastErrorCode: known.failure.code }),
    ...(fallback && {
      fallback: {
        address: fallback.address,
        isActive: cache === 'fallback',
        ...(known?.fallbackMatches !== undefined && { matches: known.fallbackMatches }),
      },
    }),
  };
}

function whatCallersGet(
  known: KnownName | undefined,
  fallback: Address | undefined,
  nowMs: number,
): { cache: NameState['cache']; addresses: readonly Address[] } {
  const answer = known?.answer;
  if (answer && nowMs < answer.expiresAtMs) return { cache: 'fresh', addresses: answer.addresses };
  const usable = answer ? usableAddresses(answer, nowMs) : [];
  if (usable.length > 0) return { cache: known?.failure ? 'stale' : 'expired', addresses: usable };
  if (known?.failure && fallback) return { cache: 'fallback', addresses: [fallback] };
  return { cache: 'none', addresses: [] };
}
