import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Keeps Node from answering `Expect: 100-continue` by itself for paths below `prefixes`: a request that is refused must
 * not send its body first. `letSend` answers it there.
 */
export function holdBodies(server: Server, prefixes: readonly string[]): void {
  server.on('checkContinue', (request, response) => {
    if (!prefixes.some((prefix) => request.url?.startsWith(prefix))) response.writeContinue();
    server.emit('request', request, response);
  });
}

/** Tells a caller that waits for it to send the body. Any other expectation was refused by Node with 417. */
export function letSend({ headers, httpVersion }: IncomingMessage, response: ServerResponse): void {
  if (headers.expect !== undefined && httpVersion === '1.1') response.writeContinue();
}
