export type { Address, Family } from './address';
export { AddressBook, type AddressBookOptions, type Resolution } from './address-book';
export type { AddressBookObserver, LookupEvent } from './address-book-observer';
export type { AddressSource, FoundAddresses, LookupResult } from './address-source';
export { createLookup } from './connect-lookup';
export { DnsError, type DnsErrorCode } from './dns-error';
export { parseFallbackAddress } from './fallback-address';
export type { NameState } from './name-state';
export { NameServer, type NameServerOptions } from './name-server';
export { parseServerAddress, type ServerAddress } from './server-address';
export { SystemLookup, type SystemLookupOptions } from './system-lookup';
export {
  parseTrackingTarget,
  serviceName,
  type ServiceTarget,
  type TargetSource,
  type TrackingTargetInput,
} from './tracking-target';
