import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { readMessage, type Message, type Query } from './dns-message';
import type { ServerAddress } from './server-address';

/**
 * Sends a query from a port of its own, which the system picks at random. The socket is connected: datagrams of
 * other senders do not reach it, and a port nobody listens on is reported at once.
 */
export function exchangeOverUdp(server: ServerAddress, query: Query, signal: AbortSignal): Promise<Message> {
  if (signal.aborted) return Promise.resolve({ kind: 'failed', code: 'DNS_TIMEOUT' });
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
    const finish = (message: Message): void => {
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.close();
      resolve(message);
    };
    const abort = (): void => finish({ kind: 'failed', code: 'DNS_TIMEOUT' });
    signal.addEventListener('abort', abort);
    socket.once('error', () => finish({ kind: 'failed', code: 'DNS_SERVER_UNREACHABLE' }));
    socket.on('message', (bytes) => {
      const message = readMessage(bytes, query);
      if (message !== undefined) finish(message);
    });
    socket.once('connect', () => socket.send(query.bytes));
    socket.connect(server.port, server.address);
  });
}
