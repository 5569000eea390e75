import type { Address, Family } from './address';
import type { FoundAddresses } from './address-source';

/** Addresses with the times they may be used: fresh until `expiresAtMs`, stale until `usableUntilMs`. */
export interface Answer {
  readonly addresses: readonly Address[];
  readonly origin: 'literal' | 'name-server' | 'system';
  readonly answeredAtMs: number;
  readonly expiresAtMs: number;
  /** Stale limit by family: a family carried over from an earlier answer keeps that answer's limit. */
  readonly usableUntilMs: Readonly<Record<Family, number>>;
}

const TTL_FLOOR_SECONDS = 1;
const TTL_CAP_SECONDS = 300;
/** An answer that lacks a family is asked for again soon. */
const PARTIAL_TTL_CAP_SECONDS = 5;
const STALE_MS = 300_000;

/** Puts the TTL between its bounds, and keeps what was known of a family that failed this time. */
export function createAnswer(
  origin: Answer['origin'],
  found: FoundAddresses,
  previous: Answer | undefined,
  nowMs: number,
): Answer {
  const capSeconds = found.failedFamily === undefined ? TTL_CAP_SECONDS : PARTIAL_TTL_CAP_SECONDS;
  const expiresAtMs = nowMs + Math.min(capSeconds, Math.max(TTL_FLOOR_SECONDS, found.ttlSeconds)) * 1000;
  const limitMs = expiresAtMs + STALE_MS;
  const carried = carriedOver(previous, found.failedFamily, nowMs);
  return {
    addresses: [...found.addresses, ...carried.addresses],
    origin,
    answeredAtMs: nowMs,
    expiresAtMs,
    usableUntilMs: { 4: limitMs, 6: limitMs, ...carried.usableUntilMs },
  };
}

/** Never expires. */
export function literalAnswer(addresses: readonly Address[]): Answer {
  return {
    addresses,
    origin: 'literal',
    answeredAtMs: 0,
    expiresAtMs: Infinity,
    usableUntilMs: { 4: Infinity, 6: Infinity },
  };
}

/** The answer for a name that is gone: what is fresh stays so, nothing is used when stale. */
export function withoutStaleTime(answer: Answer): Answer {
  return { ...answer, usableUntilMs: { 4: -Infinity, 6: -Infinity } };
}

/** What may be used of an answer that is no longer fresh. */
export function usableAddresses(answer: Answer, nowMs: number): readonly Address[] {
  return answer.addresses.filter(({ family }) => nowMs <= answer.usableUntilMs[family]);
}

export function ageMs(answer: Answer, nowMs: number): number {
  return answer.origin === 'literal' ? 0 : nowMs - answer.answeredAtMs;
}

export function isSameSet(left: readonly Address[], right: readonly Address[]): boolean {
  const known = new Set(left.map(({ address }) => address));
  return (
    known.size === new Set(right.map(({ address }) => address)).size &&
    right.every(({ address }) => known.has(address))
  );
}

/** What the last answer held of the family that failed now, as long as it may be used. */
function carriedOver(
  previous: Answer | undefined,
  failedFamily: Family | undefined,
  nowMs: number,
): { addresses: readonly Address[]; usableUntilMs?: Partial<Record<Family, number>> } {
  if (previous === undefined || failedFamily === undefined) return { addresses: [] };
  return {
    addresses: usableAddresses(previous, nowMs).filter(({ family }) => family === failedFamily),
    usableUntilMs: { [failedFamily]: previous.usableUntilMs[failedFamily] },
  };
}
