import { NetworkError, Networks } from '@tidegate/ip-networks';
import { isRefused, parseAddress, type Address } from './address';
import { DnsError } from './dns-error';

/**
 * The emergency address of `MLFLOW_FALLBACK_IP`, checked against `MLFLOW_FALLBACK_CIDR` when that is set; undefined
 * when there is none. An empty text counts as not set.
 * @throws DnsError `DNS_FALLBACK_INVALID`
 */
export function parseFallbackAddress({ ip, cidr }: { ip?: string; cidr?: string }): Address | undefined {
  if (isUnset(ip)) return undefined;
  const address = parseAddress(ip.trim());
  if (address === undefined) throw invalid('MLFLOW_FALLBACK_IP is not an IP address');
  if (isRefused(address))
    throw invalid(`MLFLOW_FALLBACK_IP ${address.address} is not an address a service can have`);
  if (!isUnset(cidr) && !networkOf(cidr.trim()).includes(address.address)) {
    throw invalid(`MLFLOW_FALLBACK_IP ${address.address} lies outside MLFLOW_FALLBACK_CIDR ${cidr.trim()}`);
  }
  return address;
}

/** A single address is no network here: who writes one more likely forgot the prefix length. */
function networkOf(cidr: string): Networks {
  try {
    if (cidr.includes('/')) return Networks.parse([cidr]);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
  }
  throw invalid('MLFLOW_FALLBACK_CIDR is not a network such as 10.0.0.0/16');
}

function isUnset(text: string | undefined): text is undefined {
  return text === undefined || text.trim() === '';
}

function invalid(happened: string): DnsError {
  return new DnsError('DNS_FALLBACK_INVALID', happened);
}
