import type { Answer } from 'dns-packet';
import { parseAddress, type Address } from './address';
import type { Reply } from './dns-message';

type AddressType = 'A' | 'AAAA';

interface Owned {
  readonly owner: string;
  readonly type: 'CNAME' | AddressType;
  readonly ttlSeconds: number;
  readonly data: string;
}

/** Longer chains are somebody's mistake. */
const MAX_ALIASES = 16;

/**
 * The addresses of `hostname` in the records of an answer: its own, or those at the end of its chain of aliases.
 * Records of other owners are never used; an answer that consists of such, a loop and an endless chain are invalid.
 */
export function followAliases(records: readonly Answer[], hostname: string, type: AddressType): Reply {
  const all = records.flatMap(toOwned);
  const passed = new Set<string>();
  let owner = hostname.toLowerCase();
  let ttlSeconds = Infinity;
  while (!passed.has(owner) && passed.size <= MAX_ALIASES) {
    passed.add(owner);
    const own = all.filter((record) => record.owner === owner);
    const found = own.filter((record) => record.type === type);
    const alias = own.find((record) => record.type === 'CNAME');
    if (found.length > 0) {
      return {
        kind: 'records',
        addresses: toAddresses(found),
        ttlSeconds: Math.min(ttlSeconds, ...found.map((record) => record.ttlSeconds)),
      };
    }
    if (alias === undefined) {
      const isOfStrangers = all.some(
        (record) => !passed.has(record.owner) && (record.type === type || passed.size === 1),
      );
      return isOfStrangers
        ? { kind: 'failed', code: 'DNS_ANSWER_INVALID' }
        : { kind: 'absent', code: 'DNS_NAME_EMPTY' };
    }
    ttlSeconds = Math.min(ttlSeconds, alias.ttlSeconds);
    owner = alias.data.toLowerCase();
  }
  return { kind: 'failed', code: 'DNS_ANSWER_INVALID' };
}

function toOwned(record: Answer): Owned[] {
  if (record.type !== 'A' && record.type !== 'AAAA' && record.type !== 'CNAME') return [];
  if (record.class !== 'IN') return [];
  const { type, name, ttl, data } = record;
  return [{ owner: name.toLowerCase(), type, ttlSeconds: ttl ?? 0, data }];
}

/** Each once. A datagram that ends inside an address decodes to something that is none. */
function toAddresses(records: readonly Owned[]): Address[] {
  const addresses = new Map<string, Address>();
  for (const { data } of records) {
    const address = parseAddress(data);
    if (address === undefined) throw new RangeError('The message ends inside a record');
    addresses.set(address.address, address);
  }
  return [...addresses.values()];
}
