import { isIP } from 'node:net';
import { DnsError } from './dns-error';

/** Where a name server listens. */
export interface ServerAddress {
  /** IPv6 may carry a zone: `fe80::1%eth0`. */
  readonly address: string;
  readonly port: number;
}

const DNS_PORT = 53;
const BRACKETED = /^\[([^\]]+)\](?::(\d{1,5}))?$/;
const WITH_PORT = /^([^:]+):(\d{1,5})$/;

/**
 * Reads `address`, `address:port`, `[address]` and `[address]:port`, as `dns.getServers()` writes them.
 * @throws DnsError `DNS_SERVER_INVALID`
 */
export function parseServerAddress(text: string): ServerAddress {
  const [, address = text, portText] = BRACKETED.exec(text) ?? WITH_PORT.exec(text) ?? [];
  const port = portText === undefined ? DNS_PORT : Number(portText);
  if (isIP(address) === 0 || port < 1 || port > 65_535) {
    throw new DnsError('DNS_SERVER_INVALID', `"${text}" is not the address of a name server`);
  }
  return { address, port };
}
