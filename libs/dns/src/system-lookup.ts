import { promises as dns, type LookupAddress } from 'node:dns';
import type { Clock } from '@tidegate/clock';
import type { Address } from './address';
import { acceptAddresses, type AddressSource, type LookupResult } from './address-source';
import { Deadline } from './deadline';
import { DnsError } from './dns-error';

export interface SystemLookupOptions {
  readonly clock: Clock;
  /** @default 1500 */
  readonly deadlineMs?: number;
  /** The system gives no TTL, so its answer is kept for this long. @default 5 */
  readonly keepSeconds?: number;
  /** @default `dns.promises.lookup` with `{ all: true }` */
  readonly lookup?: (hostname: string) => Promise<readonly LookupAddress[]>;
}

/** Asks the operating system (getaddrinfo): hosts file, search list and whatever else is set up there. */
export class SystemLookup implements AddressSource {
  private readonly clock: Clock;
  private readonly deadlineMs: number;
  private readonly keepSeconds: number;
  private readonly ask: (hostname: string) => Promise<readonly LookupAddress[]>;
  /**
   * getaddrinfo cannot be cancelled and holds one of libuv's few threads: a look-up that outlives its deadline is
   * joined by the next one instead of taking a second thread.
   */
  private readonly running = new Map<string, Promise<LookupResult>>();

  constructor(options: SystemLookupOptions) {
    this.clock = options.clock;
    this.deadlineMs = options.deadlineMs ?? 1500;
    this.keepSeconds = options.keepSeconds ?? 5;
    this.ask =
      options.lookup ??
      ((hostname): Promise<readonly LookupAddress[]> => dns.lookup(hostname, { all: true }));
  }

  async lookup(hostname: string): Promise<LookupResult> {
    const deadline = new Deadline(this.clock, this.deadlineMs);
    const late = deadline.reached.then((): LookupResult => failure('failed', 'DNS_TIMEOUT', hostname));
    try {
      return await Promise.race([this.join(hostname), late]);
    } finally {
      deadline.cancel();
    }
  }

  private join(hostname: string): Promise<LookupResult> {
    const running = this.running.get(hostname);
    if (running) return running;
    const started = this.run(hostname).finally(() => this.running.delete(hostname));
    this.running.set(hostname, started);
    return started;
  }

  private async run(hostname: string): Promise<LookupResult> {
    try {
      const found = await this.ask(hostname);
      if (found.length === 0) return failure('absent', 'DNS_NAME_EMPTY', hostname);
      const addresses = found.map(({ address, family }): Address => ({
        address,
        family: family === 6 ? 6 : 4,
      }));
      return acceptAddresses(hostname, { kind: 'found', addresses, ttlSeconds: this.keepSeconds });
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOTFOUND'
        ? failure('absent', 'DNS_NAME_NOT_FOUND', hostname)
        : failure('failed', 'DNS_SERVER_FAILED', hostname);
    }
  }
}

function failure(kind: 'absent' | 'failed', code: DnsError['code'], hostname: string): LookupResult {
  return { kind, error: new DnsError(code, `The system's look-up found no address for ${hostname}`) };
}
