import type { Clock } from '@tidegate/clock';
import type { AddressBook, Resolution } from '@tidegate/dns';
import { ProblemError } from '@tidegate/schemas';
import type { Dispatcher } from 'undici';
import type { AddressPool } from './address-pool';
import { AddressPools } from './address-pools';
import { RetryBudget } from './retry-budget';
import { upstreamDispatcher } from './upstream-dispatcher';
import { UpstreamTraffic } from './upstream-traffic';

export interface UpstreamOptions {
  /** As it appears in errors, logs and metrics. */
  readonly name: string;
  /** Scheme, host, port and path prefix. */
  readonly baseUrl: string;
  /** Headers every request to it carries, such as its credential. */
  readonly headers: Readonly<Record<string, string>>;
}

const NONE_TRIED: readonly AddressPool[] = [];

/** A service requests are forwarded to: its name, its connections, what it is told with every request. */
export class Upstream {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `host[:port]`, the fixed Host header. */
  readonly host: string;
  /** Path prefix without trailing slash; empty for none. */
  readonly pathPrefix: string;
  /** For health checks: an open breaker does not stop them, and what they find out closes it. */
  readonly connections: Dispatcher;
  readonly retryBudget: RetryBudget;
  readonly traffic = new UpstreamTraffic();
  private readonly hostname: string;
  private readonly pools: AddressPools;

  constructor(
    { name, baseUrl, headers }: UpstreamOptions,
    private readonly book: Pick<AddressBook, 'peek' | 'resolve'>,
    clock: Clock,
    random: () => number,
  ) {
    const url = new URL(baseUrl);
    this.name = name;
    this.headers = headers;
    this.host = url.host;
    this.hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
    this.pathPrefix = url.pathname.replace(/\/+$/, '');
    this.pools = new AddressPools(url.origin, clock, random);
    this.retryBudget = new RetryBudget(clock);
    this.connections = upstreamDispatcher(async (tried) => this.chooseForCheck(await this.resolve(), tried));
  }

  /** Whether no request is sent at the moment, since every address refuses connections. */
  get isBroken(): boolean {
    return this.pools.all.length > 0 && this.pools.all.every(({ breaker }) => breaker.isOpen);
  }

  /** How many former addresses still finish requests. */
  get drainingCount(): number {
    return this.pools.drainingCount;
  }

  /**
   * Where to send the next request; a promise only when a name has to be looked up first.
   *
   * @param tried addresses that failed for this request
   * @throws DnsError, or ProblemError UPSTREAM_BREAKER_OPEN or OVERLOADED; the promise rejects with the same
   */
  choose(tried = NONE_TRIED): AddressPool | Promise<AddressPool> {
    const known = this.book.peek(this.hostname);
    if (known !== undefined) return this.chooseAmong(known, tried);
    return this.resolve().then((found) => this.chooseAmong(found, tried));
  }

  /** Whether a request that failed with `pool` can be tried at another address. */
  hasOtherThan(pool: AddressPool): boolean {
    return this.pools.pick((other) => other !== pool && canTakeMore(other)) !== undefined;
  }

  /** Ends running requests as well. */
  destroy(): Promise<void> {
    return this.pools.destroy();
  }

  private resolve(): Promise<Resolution> {
    return this.book.resolve(this.hostname);
  }

  private chooseAmong({ addresses }: Resolution, tried: readonly AddressPool[]): AddressPool {
    const { pools } = this;
    pools.use(addresses);
    const pool =
      tried.length === 0
        ? pools.pick(canTakeMore)
        : pools.pick((candidate) => canTakeMore(candidate) && !tried.includes(candidate));
    if (pool !== undefined) return pool;
    const retryAfter = { 'retry-after': '1' };
    if (pools.all.some(({ breaker }) => breaker.allows()))
      throw new ProblemError('OVERLOADED', {
        detail: `Too many requests are waiting for ${this.name}`,
        headers: retryAfter,
      });
    throw new ProblemError('UPSTREAM_BREAKER_OPEN', {
      detail: `${this.name} takes no connections; it is tried again every second`,
      headers: retryAfter,
    });
  }

  private chooseForCheck({ addresses }: Resolution, tried: readonly AddressPool[]): AddressPool | undefined {
    this.pools.use(addresses);
    const isUntried = (pool: AddressPool): boolean => !tried.includes(pool);
    return this.pools.pick((pool) => isUntried(pool) && pool.breaker.allows()) ?? this.pools.pick(isUntried);
  }
}

function canTakeMore({ breaker, isFull }: AddressPool): boolean {
  return breaker.allows() && !isFull;
}
