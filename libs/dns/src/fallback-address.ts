import { BlockList } from 'node:net';
import { ipVersion, isRefused, parseAddress, type Address } from './address';
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
  if (!isUnset(cidr) && !parseCidr(cidr.trim()).check(address.address, ipVersion(address.family))) {
    throw invalid(`MLFLOW_FALLBACK_IP ${address.address} lies outside MLFLOW_FALLBACK_CIDR ${cidr.trim()}`);
  }
  return address;
}

function parseCidr(cidr: string): BlockList {
  const [, network, prefixText] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const address = network === undefined ? undefined : parseAddress(network);
  const prefix = Number(prefixText);
  if (address === undefined || prefix > (address.family === 4 ? 32 : 128)) {
    throw invalid('MLFLOW_FALLBACK_CIDR is not a network such as 10.0.0.0/16');
  }
  const range = new BlockList();
  range.addSubnet(address.address, prefix, ipVersion(address.family));
  return range;
}

function isUnset(text: string | undefined): text is undefined {
  return text === undefined || text.trim() === '';
}

function invalid(happened: string): DnsError {
  return new DnsError('DNS_FALLBACK_INVALID', happened);
}
