import type { IncomingMessage } from 'node:http';

/** Where a request comes from, as far as that can be believed. */
export class ClientAddresses {
  of(request: IncomingMessage): string {
    return request.socket.remoteAddress ?? '';
  }
}
