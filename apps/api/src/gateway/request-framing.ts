import type { IncomingMessage } from 'node:http';
import { ProblemError } from '@tidegate/schemas';

/**
 * Refuses what Node's strict parser lets pass and two servers could still read differently: two hosts, codings around
 * the chunks (they would be lost), chunks in HTTP/1.0, versions that are spoken in another way, a fragment in the target.
 *
 * @throws ProblemError REQUEST_INVALID; the connection is not to be used again
 */
export function requireClearFraming({ headers, httpVersion, rawHeaders, url }: IncomingMessage): void {
  const encoding = headers['transfer-encoding'];
  if (httpVersion !== '1.1' && (httpVersion !== '1.0' || encoding !== undefined))
    throw unclear(`HTTP/${httpVersion} ${encoding === undefined ? '' : 'with chunks '}is not spoken here`);
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked')
    throw unclear('The only transfer coding is "chunked"');
  if (hasSeveralHosts(rawHeaders)) throw unclear('There is more than one Host header');
  if (url?.includes('#')) throw unclear('A request target has no fragment');
}

function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

function unclear(detail: string): ProblemError {
  return new ProblemError('REQUEST_INVALID', { detail, headers: { connection: 'close' } });
}
