import type { LookupFunction } from 'node:net';
import type { Address } from './address';
import type { AddressBook } from './address-book';
import { DnsError } from './dns-error';

/**
 * The address book in the shape `net.connect`, `http.request` and undici's `connect.lookup` take. Honours `all` and
 * `family`; errors are `DnsError`s. `hints` are ignored.
 */
export function createLookup(book: AddressBook): LookupFunction {
  return (hostname, options, callback) => {
    const deliver = (addresses: readonly Address[]): void => {
      const fitting = ofFamily(addresses, options.family);
      const [first] = fitting;
      if (first === undefined) {
        callback(
          new DnsError('DNS_FAMILY_NOT_FOUND', `${hostname} has no address of family ${options.family}`),
          [],
        );
      } else if (options.all) callback(null, fitting);
      else callback(null, first.address, first.family);
    };
    // The callback must never run before this function returns, nor inside a promise that would catch its errors.
    book.resolve(hostname).then(
      ({ addresses }) => process.nextTick(deliver, addresses),
      (error: Error) => process.nextTick(callback, error, []),
    );
  };
}

function ofFamily(addresses: readonly Address[], family: number | 'IPv4' | 'IPv6' | undefined): Address[] {
  const wanted = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : (family ?? 0);
  return addresses.filter((address) => wanted === 0 || address.family === wanted);
}
