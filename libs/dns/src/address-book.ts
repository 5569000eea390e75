import { systemClock, type Clock } from '@tidegate/clock';
import type { Address } from './address';
import type { AddressBookObserver, LookupEvent } from './address-book-observer';
import type { AddressSource, FoundAddresses, LookupResult } from './address-source';
import {
  ageMs,
  createAnswer,
  isSameSet,
  literalAnswer,
  usableAddresses,
  withoutStaleTime,
  type Answer,
} from './answer';
import { DnsError } from './dns-error';
import { canonical, literalAddresses } from './host-name';
import { NameServer } from './name-server';
import { describeName, type KnownName, type NameState } from './name-state';
import { SystemLookup } from './system-lookup';

export interface Resolution {
  /** Never empty. */
  readonly addresses: readonly Address[];
  readonly origin: 'literal' | 'cache' | 'name-server' | 'system' | 'stale' | 'fallback';
  /** Time since the answer came; 0 for literals and the fall-back address. */
  readonly ageMs: number;
}

export interface AddressBookOptions {
  /** @default systemClock */
  readonly clock?: Clock;
  /** @default the system's name servers, 1.5 s */
  readonly nameServer?: AddressSource;
  /** @default getaddrinfo, 1.5 s, kept 5 s */
  readonly system?: AddressSource;
  /** Emergency addresses by host name. @default none */
  readonly fallbacks?: ReadonlyMap<string, Address>;
  readonly observers?: readonly AddressBookObserver[];
  /** Between 0 and 1, for jitter. @default Math.random */
  readonly random?: () => number;
}

interface NameRecord extends KnownName {
  readonly hostname: string;
  readonly fallback: Address | undefined;
  answer: Answer | undefined;
  /** Set while the name server does not answer with addresses: nobody waits for it then if anything is at hand. */
  failure: DnsError | undefined;
  nextAttemptAtMs: number;
  inFlight: Promise<Answer | undefined> | undefined;
  isFallbackActive: boolean;
  fallbackMatches: boolean | undefined;
}

const RETRY_AFTER_FAILURE_MS = 1000;

/**
 * Host name → addresses, in this order: fresh answer, name server, the system's look-up, stale answer, fall-back
 * address, `DnsError`. It holds no timers: a read that finds an answer near its end starts the refresh. It
 * remembers every name it was asked for: ask for names from the configuration, not from requests.
 */
export class AddressBook {
  private readonly clock: Clock;
  private readonly nameServer: AddressSource;
  private readonly system: AddressSource;
  private readonly fallbacks: ReadonlyMap<string, Address>;
  private readonly observers: readonly AddressBookObserver[];
  private readonly random: () => number;
  private readonly records = new Map<string, NameRecord>();

  constructor(options: AddressBookOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.nameServer = options.nameServer ?? new NameServer({ clock: this.clock });
    this.system = options.system ?? new SystemLookup({ clock: this.clock });
    this.fallbacks = new Map(
      [...(options.fallbacks ?? [])].map(([name, address]) => [canonical(name), address]),
    );
    this.observers = options.observers ?? [];
    this.random = options.random ?? Math.random;
  }

  /** Rejects with a `DnsError` when nothing in the order gives an address. */
  resolve(hostname: string): Promise<Resolution> {
    const known = this.peek(hostname);
    return known === undefined ? this.ask(hostname) : Promise.resolve(known);
  }

  /**
   * The answer that can be given without waiting, or undefined when `resolve` has to ask. Starts a refresh in the
   * background when one is due.
   */
  peek(hostname: string): Resolution | undefined {
    const record = this.records.get(hostname) ?? this.records.get(canonical(hostname));
    if (record === undefined) return undefined;
    const nowMs = this.clock.monotonicMs();
    const known = this.atHand(record, nowMs);
    if (known !== undefined && nowMs >= record.nextAttemptAtMs) void this.attempt(record);
    return known;
  }

  /** Asks nobody and changes nothing. */
  state(hostname: string): NameState {
    const name = canonical(hostname);
    return describeName(name, this.records.get(name), this.fallbacks.get(name), this.clock.monotonicMs());
  }

  private async ask(hostname: string): Promise<Resolution> {
    const record = this.recordOf(canonical(hostname));
    const isTooSoon = record.inFlight === undefined && this.clock.monotonicMs() < record.nextAttemptAtMs;
    const answer = isTooSoon ? undefined : await this.attempt(record);
    const nowMs = this.clock.monotonicMs();
    if (answer) return { addresses: answer.addresses, origin: answer.origin, ageMs: ageMs(answer, nowMs) };
    const known = this.atHand(record, nowMs);
    if (known) return known;
    throw record.failure ?? new DnsError('DNS_SERVER_FAILED', `No answer for ${record.hostname}`);
  }

  /** Fresh answer; while the name server fails also the stale answer, then the fall-back address. */
  private atHand(record: NameRecord, nowMs: number): Resolution | undefined {
    const { answer } = record;
    if (answer !== undefined && nowMs < answer.expiresAtMs) {
      this.tellHit(record, 'fresh');
      return {
        addresses: answer.addresses,
        origin: answer.origin === 'literal' ? 'literal' : 'cache',
        ageMs: ageMs(answer, nowMs),
      };
    }
    if (record.failure === undefined) return undefined;
    const usable = answer === undefined ? [] : usableAddresses(answer, nowMs);
    if (answer !== undefined && usable.length > 0) {
      this.tellHit(record, 'stale');
      return { addresses: usable, origin: 'stale', ageMs: ageMs(answer, nowMs) };
    }
    if (record.fallback === undefined) return undefined;
    this.setFallbackActive(record, true);
    this.tellHit(record, 'fallback');
    return { addresses: [record.fallback], origin: 'fallback', ageMs: 0 };
  }

  private attempt(record: NameRecord): Promise<Answer | undefined> {
    record.inFlight ??= this.lookUp(record).finally(() => (record.inFlight = undefined));
    return record.inFlight;
  }

  private async lookUp(record: NameRecord): Promise<Answer | undefined> {
    const served = await this.timed(record.hostname, 'name-server', this.nameServer);
    if (served.kind === 'found') {
      record.failure = undefined;
      this.compareFallback(record, served);
      return this.store(record, 'name-server', served);
    }
    // Also after "no such name": only the system knows its hosts file and search list.
    const local = await this.timed(record.hostname, 'system', this.system);
    if (local.kind === 'found') {
      record.failure = served.error;
      return this.store(record, 'system', local);
    }
    record.failure = new DnsError(
      served.error.code,
      `${served.error.happened}, and the system's look-up failed too (${local.error.code})`,
      { cause: local.error },
    );
    record.nextAttemptAtMs = this.clock.monotonicMs() + RETRY_AFTER_FAILURE_MS * (1 + this.random() / 2);
    if (served.kind === 'absent' && record.answer) record.answer = withoutStaleTime(record.answer);
    return undefined;
  }

  private async timed(
    hostname: string,
    source: LookupEvent['source'],
    from: AddressSource,
  ): Promise<LookupResult> {
    const startedAtMs = this.clock.monotonicMs();
    const outcome = await from.lookup(hostname);
    const durationMs = this.clock.monotonicMs() - startedAtMs;
    const result = outcome.kind === 'found' ? 'found' : outcome.error.code;
    for (const observer of this.observers)
      observer.lookupFinished?.({ hostname, source, result, durationMs });
    return outcome;
  }

  private store(record: NameRecord, origin: Answer['origin'], found: FoundAddresses): Answer {
    const nowMs = this.clock.monotonicMs();
    const answer = createAnswer(origin, found, record.answer, nowMs);
    const previous = record.answer?.addresses ?? [];
    record.answer = answer;
    // Between 80 % and 90 % of the life, so that many processes do not ask at the same moment.
    record.nextAttemptAtMs = nowMs + (answer.expiresAtMs - nowMs) * (0.8 + 0.1 * this.random());
    this.setFallbackActive(record, false);
    if (!isSameSet(previous, answer.addresses)) {
      for (const observer of this.observers)
        observer.addressesChanged?.(record.hostname, answer.addresses, previous);
    }
    return answer;
  }

  private recordOf(hostname: string): NameRecord {
    const existing = this.records.get(hostname);
    if (existing) return existing;
    const literal = literalAddresses(hostname);
    const record: NameRecord = {
      hostname,
      fallback: this.fallbacks.get(hostname),
      answer: literal && literalAnswer(literal),
      failure: undefined,
      nextAttemptAtMs: literal ? Infinity : -Infinity,
      inFlight: undefined,
      isFallbackActive: false,
      fallbackMatches: undefined,
    };
    this.records.set(hostname, record);
    return record;
  }

  private compareFallback(record: NameRecord, found: FoundAddresses): void {
    const { fallback } = record;
    if (fallback === undefined) return;
    const matches = found.addresses.some(({ address }) => address === fallback.address);
    record.fallbackMatches = matches;
    for (const observer of this.observers) observer.fallbackCompared?.(record.hostname, matches);
  }

  private setFallbackActive(record: NameRecord, isActive: boolean): void {
    if (record.isFallbackActive === isActive) return;
    record.isFallbackActive = isActive;
    for (const observer of this.observers) observer.fallbackChanged?.(record.hostname, isActive);
  }

  private tellHit(record: NameRecord, state: 'fresh' | 'stale' | 'fallback'): void {
    for (const observer of this.observers) observer.cacheHit?.(record.hostname, state);
  }
}
