import { getServers } from 'node:dns';
import type { Clock } from '@tidegate/clock';
import type { Family } from './address';
import { acceptAddresses, type AddressSource, type LookupResult } from './address-source';
import { askInTurn } from './ask-in-turn';
import { askServer, type AskServer } from './ask-server';
import { Deadline } from './deadline';
import { DnsError } from './dns-error';
import type { Reply } from './dns-message';
import { parseServerAddress, type ServerAddress } from './server-address';

export interface NameServerOptions {
  readonly clock: Clock;
  /** `address` or `address:port` each, IPv6 with a port as `[address]:port`. @default the system's name servers */
  readonly servers?: readonly string[];
  /** For one look-up with its confirmation. @default 1500 */
  readonly deadlineMs?: number;
  /** How long one family waits for the other once it has addresses. @default 500 */
  readonly siblingGraceMs?: number;
  /** @default over the network */
  readonly ask?: AskServer;
}

/**
 * Asks name servers for A and AAAA records, without hosts file or search list. Node's own resolver is not used: it
 * takes records of other owners, hides the chain of aliases and keeps other deadlines than it is given.
 *
 * A name that is gone is asked for once more, of the next server where there is one, before that is believed:
 * registries answer NXDOMAIN for a moment while they replace the last instance.
 */
export class NameServer implements AddressSource {
  private readonly clock: Clock;
  private readonly servers: readonly ServerAddress[] | undefined;
  private readonly deadlineMs: number;
  private readonly siblingGraceMs: number;
  private readonly ask: AskServer;

  /** @throws DnsError `DNS_SERVER_INVALID` */
  constructor(options: NameServerOptions) {
    this.clock = options.clock;
    this.servers = options.servers?.map(parseServerAddress);
    this.deadlineMs = options.deadlineMs ?? 1500;
    this.siblingGraceMs = options.siblingGraceMs ?? 500;
    this.ask = options.ask ?? askServer;
  }

  async lookup(hostname: string): Promise<LookupResult> {
    const servers = this.servers ?? getServers().map(parseServerAddress);
    const deadline = new Deadline(this.clock, this.deadlineMs);
    try {
      const first = await this.attempt(hostname, servers, deadline);
      if (first.kind !== 'absent') return first;
      return await this.attempt(hostname, [...servers.slice(1), ...servers.slice(0, 1)], deadline);
    } finally {
      deadline.cancel();
    }
  }

  private async attempt(
    hostname: string,
    servers: readonly ServerAddress[],
    deadline: Deadline,
  ): Promise<LookupResult> {
    const { clock, ask } = this;
    const askFor = async (family: Family): Promise<Reply> => {
      const reply = await askInTurn({ hostname, family }, { clock, ask, servers, deadline });
      if (reply.kind === 'records') deadline.bringForward(this.siblingGraceMs);
      return reply;
    };
    return combine(hostname, ...(await Promise.all([askFor(4), askFor(6)])));
  }
}

/** One family with records is an answer; absence is believed only when both families say so. */
function combine(hostname: string, v4: Reply, v6: Reply): LookupResult {
  if (v4.kind !== 'records' && v6.kind !== 'records') {
    const { kind, code } = v4.kind === 'absent' && v6.kind === 'failed' ? v6 : v4;
    const what = kind === 'absent' ? 'has no address' : 'gave no usable answer';
    return { kind, error: new DnsError(code, `The name server ${what} for ${hostname}`) };
  }
  const found = [v4, v6].filter((reply) => reply.kind === 'records');
  return acceptAddresses(hostname, {
    kind: 'found',
    addresses: found.flatMap(({ addresses }) => addresses),
    ttlSeconds: Math.min(...found.map(({ ttlSeconds }) => ttlSeconds)),
    ...(v4.kind === 'failed' && { failedFamily: 4 }),
    ...(v6.kind === 'failed' && { failedFamily: 6 }),
  });
}
