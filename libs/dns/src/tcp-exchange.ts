import { connect } from 'node:net';
import { readMessage, type Message, type Query } from './dns-message';
import type { ServerAddress } from './server-address';

/** Asks over a connection of its own, where an answer may be as long as it likes. */
export function exchangeOverTcp(server: ServerAddress, query: Query, signal: AbortSignal): Promise<Message> {
  if (signal.aborted) return Promise.resolve({ kind: 'failed', code: 'DNS_TIMEOUT' });
  return new Promise((resolve) => {
    const socket = connect({ host: server.address, port: server.port });
    const finish = (message: Message): void => {
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
      resolve(message);
    };
    const abort = (): void => finish({ kind: 'failed', code: 'DNS_TIMEOUT' });
    signal.addEventListener('abort', abort);
    socket.once('error', () => finish({ kind: 'failed', code: 'DNS_SERVER_UNREACHABLE' }));
    socket.once('close', () => finish({ kind: 'failed', code: 'DNS_SERVER_FAILED' }));
    socket.once('end', () => finish({ kind: 'failed', code: 'DNS_SERVER_FAILED' }));
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const message = readMessage(received.subarray(2, 2 + received.readUInt16BE(0)), query);
      finish(message ?? { kind: 'failed', code: 'DNS_ANSWER_INVALID' });
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.bytes.length);
    socket.write(Buffer.concat([length, query.bytes]));
  });
}
