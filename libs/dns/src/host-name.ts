import { isRefused, parseAddress, type Address } from './address';
import { DnsError } from './dns-error';

const HOSTNAME = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/;

/** The spelling answers are kept under: lower case, without the dot at the end. */
export function canonical(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, '');
}

/**
 * What needs no look-up: IP literals and localhost (RFC 6761). Undefined for every other name.
 * @throws DnsError `DNS_NAME_INVALID` or `DNS_ADDRESS_REFUSED`
 */
export function literalAddresses(hostname: string): readonly Address[] | undefined {
  const address = parseAddress(hostname);
  if (address && isRefused(address)) throw new DnsError('DNS_ADDRESS_REFUSED', `${hostname} was asked for`);
  if (address) return [address];
  if (!HOSTNAME.test(hostname)) throw new DnsError('DNS_NAME_INVALID', `"${hostname}" cannot be looked up`);
  if (hostname !== 'localhost' && !hostname.endsWith('.localhost')) return undefined;
  return [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
}
