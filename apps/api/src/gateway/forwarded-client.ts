import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { HeaderList } from './forwarded-headers';

const HOST = /^[A-Za-z0-9._:[\]-]{1,255}$/;

/**
 * Tells the upstream who the caller is and what it asked for. What the request itself says about that is overwritten,
 * unless a trusted proxy says it.
 *
 * @param clientAddress of the caller as far as it is believed: another one than the peer's when that is a trusted proxy
 */
export function addForwardedHeaders(list: HeaderList, request: IncomingMessage, clientAddress: string): void {
  const { headers, socket } = request;
  const isBehindProxy =
    headers['x-forwarded-for'] !== undefined && !isPeer(socket.remoteAddress, clientAddress);
  const toldProto = isBehindProxy ? headers['x-forwarded-proto'] : undefined;
  const ownProto = (socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';
  const isProto = toldProto === 'http' || toldProto === 'https';
  list.push('x-forwarded-for', clientAddress, 'x-forwarded-proto', isProto ? toldProto : ownProto);
  const toldHost = isBehindProxy ? headers['x-forwarded-host'] : undefined;
  const host = typeof toldHost === 'string' && HOST.test(toldHost) ? toldHost : headers.host;
  if (host !== undefined && HOST.test(host)) list.push('x-forwarded-host', host);
}

/** The peer of a socket that takes IPv6, too, is IPv4 in the clothes of IPv6. */
function isPeer(peer: string | undefined, address: string): boolean {
  return peer === address || peer === `::ffff:${address}`;
}
