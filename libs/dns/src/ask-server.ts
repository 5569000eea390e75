import { randomInt } from 'node:crypto';
import { createQuery, type Question, type Reply } from './dns-message';
import type { ServerAddress } from './server-address';
import { exchangeOverTcp } from './tcp-exchange';
import { exchangeOverUdp } from './udp-exchange';

/** One question to one server. Settles when `signal` is aborted, never rejects, leaves nothing open. */
export type AskServer = (server: ServerAddress, question: Question, signal: AbortSignal) => Promise<Reply>;

/**
 * Over UDP; over TCP when the answer does not fit; once more without the extension (EDNS) for a server that does not
 * know it. Ids cannot be guessed, and every query has its own.
 */
export const askServer: AskServer = async (server, question, signal) => {
  for (const isExtended of [true, false]) {
    const query = createQuery(question, randomInt(0x10000), isExtended);
    let message = await exchangeOverUdp(server, query, signal);
    if (message.kind === 'truncated') message = await exchangeOverTcp(server, query, signal);
    if (message.kind === 'truncated') break;
    if (message.kind !== 'unsupported') return message;
  }
  return { kind: 'failed', code: 'DNS_SERVER_FAILED' };
};
