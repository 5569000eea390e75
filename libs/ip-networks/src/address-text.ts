import { isIP, SocketAddress } from 'node:net';

/**
 * An IP address in the one spelling it is compared and counted by: the shortest one, an IPv4-mapped address as IPv4,
 * without a zone. Undefined when `text` is no IP address.
 */
export function plainAddress(text: string): string | undefined {
  const family = isIP(text);
  if (family !== 6) return family === 4 ? text : undefined;
  const [address = ''] = text.split('%', 1);
  const shortest = new SocketAddress({ address, family: 'ipv6' }).address;
  const mapped = shortest.startsWith('::ffff:') ? shortest.slice('::ffff:'.length) : '';
  return isIP(mapped) === 4 ? mapped : shortest;
}

/**
 * What one party can be told apart by: an IPv4 address itself, the first 64 bits of an IPv6 address, since whoever has
 * one of those has the whole network.
 *
 * @param address as {@link plainAddress} gives it
 */
export function partyOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head, tail] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const [before = [], after = []] = [head, tail];
  const omitted = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...omitted, ...after].slice(0, 4).join(':');
}
