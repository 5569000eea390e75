import { promises as dns, type RecordWithTtl } from 'node:dns';
import type { Clock } from '@tidegate/clock';
import type { Family } from './address';
import { acceptAddresses, type AddressSource, type LookupResult } from './address-source';
import { Deadline } from './deadline';
import { DnsError, type DnsErrorCode } from './dns-error';

/** What is used of `dns.promises.Resolver`. `cancel` ends every query on the resolver. */
export interface RecordResolver {
  resolve4(hostname: string, options: { ttl: true }): Promise<RecordWithTtl[]>;
  resolve6(hostname: string, options: { ttl: true }): Promise<RecordWithTtl[]>;
  cancel(): void;
}

export interface NameServerOptions {
  readonly clock: Clock;
  /** `address` or `address:port` each. @default the system's name servers */
  readonly servers?: readonly string[];
  /** For one look-up with its confirmation. @default 1500 */
  readonly deadlineMs?: number;
  /** How long one family waits for the other once it has addresses. @default 500 */
  readonly siblingGraceMs?: number;
  /** @default `dns.promises.Resolver` asking `servers` */
  readonly createResolver?: () => RecordResolver;
}

type Reply =
  | { readonly kind: 'records'; readonly records: readonly RecordWithTtl[] }
  | { readonly kind: 'absent' | 'failed'; readonly code: DnsErrorCode };

/** A lost packet is sent again after this time, so that one loss does not use up the deadline. */
const RESEND_AFTER_MS = 400;
const TRIES = 3;

/**
 * Asks name servers for A and AAAA records, without hosts file or search list.
 *
 * Node's own resolver time-outs differ from what was asked for by up to 2×, hence the timer here; and `cancel` ends
 * all queries of a resolver, hence one resolver per attempt. A name that is gone is asked for once more before
 * that is believed: registries answer NXDOMAIN for a moment while they replace the last instance.
 */
export class NameServer implements AddressSource {
  private readonly clock: Clock;
  private readonly deadlineMs: number;
  private readonly siblingGraceMs: number;
  private readonly createResolver: () => RecordResolver;

  constructor(options: NameServerOptions) {
    this.clock = options.clock;
    this.deadlineMs = options.deadlineMs ?? 1500;
    this.siblingGraceMs = options.siblingGraceMs ?? 500;
    this.createResolver = options.createResolver ?? ((): RecordResolver => systemResolver(options.servers));
  }

  async lookup(hostname: string): Promise<LookupResult> {
    const deadline = new Deadline(this.clock, this.deadlineMs);
    try {
      const first = await this.attempt(hostname, deadline);
      return first.kind === 'absent' ? await this.attempt(hostname, deadline) : first;
    } finally {
      deadline.cancel();
    }
  }

  private async attempt(hostname: string, deadline: Deadline): Promise<LookupResult> {
    const resolver = this.createResolver();
    const late = deadline.reached.then((): Reply => ({ kind: 'failed', code: 'DNS_TIMEOUT' }));
    const ask = async (family: Family): Promise<Reply> => {
      const reply = await Promise.race([query(resolver, hostname, family), late]);
      if (reply.kind === 'records') deadline.bringForward(this.siblingGraceMs);
      return reply;
    };
    try {
      return combine(hostname, ...(await Promise.all([ask(4), ask(6)])));
    } finally {
      resolver.cancel();
    }
  }
}

function systemResolver(servers: readonly string[] | undefined): RecordResolver {
  const resolver = new dns.Resolver({ timeout: RESEND_AFTER_MS, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  return resolver;
}

async function query(resolver: RecordResolver, hostname: string, family: Family): Promise<Reply> {
  try {
    const records = await (family === 4
      ? resolver.resolve4(hostname, { ttl: true })
      : resolver.resolve6(hostname, { ttl: true }));
    return records.length > 0 ? { kind: 'records', records } : { kind: 'absent', code: 'DNS_NAME_EMPTY' };
  } catch (error) {
    return noRecords((error as NodeJS.ErrnoException).code);
  }
}

function noRecords(code: string | undefined): Reply {
  switch (code) {
    case 'ENOTFOUND':
      return { kind: 'absent', code: 'DNS_NAME_NOT_FOUND' };
    case 'ENODATA':
      return { kind: 'absent', code: 'DNS_NAME_EMPTY' };
    case 'ETIMEOUT':
    case 'ECANCELLED':
      return { kind: 'failed', code: 'DNS_TIMEOUT' };
    case 'ECONNREFUSED':
      return { kind: 'failed', code: 'DNS_SERVER_UNREACHABLE' };
    default:
      return { kind: 'failed', code: 'DNS_SERVER_FAILED' };
  }
}

/** One family with records is an answer; absence is believed only when both families say so. */
function combine(hostname: string, v4: Reply, v6: Reply): LookupResult {
  if (v4.kind !== 'records' && v6.kind !== 'records') {
    const { kind, code } = v4.kind === 'absent' && v6.kind === 'failed' ? v6 : v4;
    const what = kind === 'absent' ? 'has no address' : 'gave no usable answer';
    return { kind, error: new DnsError(code, `The name server ${what} for ${hostname}`) };
  }
  const records = [
    ...(v4.kind === 'records' ? v4.records.map((record) => ({ ...record, family: 4 as const })) : []),
    ...(v6.kind === 'records' ? v6.records.map((record) => ({ ...record, family: 6 as const })) : []),
  ];
  return acceptAddresses(hostname, {
    kind: 'found',
    addresses: records.map(({ address, family }) => ({ address, family })),
    ttlSeconds: Math.min(...records.map(({ ttl }) => ttl)),
    ...(v4.kind === 'failed' && { failedFamily: 4 }),
    ...(v6.kind === 'failed' && { failedFamily: 6 }),
  });
}
