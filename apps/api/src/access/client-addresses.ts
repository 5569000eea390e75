import type { IncomingMessage } from 'node:http';
import { plainAddress, type Networks } from '@tidegate/ip-networks';

/**
 * Where a request comes from, as far as that can be believed: the last one on the way to here that is no trusted proxy.
 * What stands further left in `X-Forwarded-For` was sent by that one itself and can say anything.
 */
export class ClientAddresses {
  private readonly believesNobody: boolean;

  constructor(private readonly trustedProxies: Networks) {
    this.believesNobody = trustedProxies.texts.length === 0;
  }

  /** An address in its plain spelling; empty when the connection is gone already. */
  of(request: IncomingMessage): string {
    const peer = plainPeer(request.socket.remoteAddress ?? '');
    if (this.believesNobody || !this.trustedProxies.includes(peer)) return peer;
    const header = request.headers['x-forwarded-for'];
    // Node joins several header lines by a comma, in their order.
    return header === undefined ? peer : this.lastUntrusted(peer, String(header));
  }

  /** Goes from right to left and stops where an entry cannot be read: whoever wrote it is not worth believing. */
  private lastUntrusted(peer: string, header: string): string {
    let believed = peer;
    for (let end = header.length; end >= 0;) {
      const start = header.lastIndexOf(',', end - 1) + 1;
      const address = addressOfHop(header.slice(start, end).trim());
      if (address === undefined) return believed;
      believed = address;
      if (start === 0 || !this.trustedProxies.includes(address)) return believed;
      end = start - 1;
    }
    return believed;
  }
}

/** Nearly every peer is IPv4 in its plain spelling already. */
function plainPeer(peer: string): string {
  return peer.includes(':') ? (plainAddress(peer) ?? peer) : peer;
}

/** Some proxies add the port: `192.0.2.1:5678`, `[2001:db8::1]:5678`. */
function addressOfHop(hop: string): string | undefined {
  const [, inBrackets, ipv4] = /^(?:\[([^\]]+)\](?::\d{1,5})?|([^:]+):\d{1,5})$/.exec(hop) ?? [];
  return plainAddress(inBrackets ?? ipv4 ?? hop);
}
