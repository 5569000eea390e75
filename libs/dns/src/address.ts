import { BlockList, isIP, SocketAddress } from 'node:net';

export type Family = 4 | 6;

export interface Address {
  readonly address: string;
  readonly family: Family;
}

/** Addresses no service can have, and those that would hand a request to the cloud's metadata service. */
const refused = new BlockList();
refused.addSubnet('0.0.0.0', 8, 'ipv4');
refused.addSubnet('169.254.0.0', 16, 'ipv4');
refused.addSubnet('224.0.0.0', 4, 'ipv4');
refused.addSubnet('240.0.0.0', 4, 'ipv4');
refused.addAddress('::', 'ipv6');
refused.addSubnet('fe80::', 10, 'ipv6');
refused.addSubnet('ff00::', 8, 'ipv6');
refused.addAddress('fd00:ec2::254', 'ipv6');

/** True for unspecified, link-local (metadata), multicast and reserved addresses, also when IPv4-mapped. */
export function isRefused({ address, family }: Address): boolean {
  return refused.check(address, ipVersion(family));
}

/** The address when `text` is an IP literal (IPv6 in its shortest spelling, as answers have it), otherwise undefined. */
export function parseAddress(text: string): Address | undefined {
  const family = isIP(text);
  if (family === 4) return { address: text, family };
  return family === 6
    ? { address: new SocketAddress({ address: text, family: 'ipv6' }).address, family }
    : undefined;
}

/** The family in the words of `net.BlockList`. */
export function ipVersion(family: Family): 'ipv4' | 'ipv6' {
  return family === 4 ? 'ipv4' : 'ipv6';
}
