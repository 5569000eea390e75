import { isRefused, type Address, type Family } from './address';
import { DnsError } from './dns-error';

export interface FoundAddresses {
  readonly kind: 'found';
  /** Never empty; refused addresses are already left out. */
  readonly addresses: readonly Address[];
  /** Smallest TTL of the answer as received; the address book puts it between its bounds. */
  readonly ttlSeconds: number;
  /** Set when only the other family answered: what was known of this one is not disproved. */
  readonly failedFamily?: Family;
}

/**
 * `absent` is an answer (the name does not exist, or has no address) and was confirmed where it can be
 * transient; `failed` is the lack of an answer.
 */
export type LookupResult =
  | FoundAddresses
  | { readonly kind: 'absent'; readonly error: DnsError }
  | { readonly kind: 'failed'; readonly error: DnsError };

/** Where addresses come from. Keeps its own deadline; never rejects. */
export interface AddressSource {
  lookup(hostname: string): Promise<LookupResult>;
}

/** Leaves refused addresses out; a failure when nothing else is left. */
export function acceptAddresses(hostname: string, found: FoundAddresses): LookupResult {
  const addresses = found.addresses.filter((address) => !isRefused(address));
  if (addresses.length > 0) return { ...found, addresses };
  const seen = found.addresses.map(({ address }) => address).join(', ');
  return { kind: 'failed', error: new DnsError('DNS_ADDRESS_REFUSED', `${hostname} leads only to ${seen}`) };
}
