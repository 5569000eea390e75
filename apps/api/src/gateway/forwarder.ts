import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProblemError, REQUEST_ID_HEADER } from '@tidegate/schemas';
import type { Dispatcher } from 'undici';
import type { Upstream } from '../discovery/upstream';
import { requestHeaders, responseHeaders } from './forwarded-headers';

export interface Forwarding {
  readonly upstream: Upstream;
  /** Path and query at the upstream, without its prefix. */
  readonly target: string;
  readonly requestId: string;
  /** The body when it was read already; otherwise it streams from the request. */
  readonly body: Buffer | undefined;
  /** Called just before the answer's first byte is written: from then on no problem can be answered. */
  readonly onAnswer: () => void;
}

/**
 * Streams one request to an upstream and its answer back; neither is held in memory. The upstream request is
 * cancelled when the caller goes away.
 *
 * @throws whatever undici throws when there is no answer; ProblemError when the upstream refuses the gateway itself.
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { upstream, target, requestId, body, onAnswer }: Forwarding,
): Promise<void> {
  const abort = new AbortController();
  const onClose = (): void => {
    if (!response.writableFinished) abort.abort();
  };
  response.once('close', onClose);
  try {
    await upstream.connections.stream(
      {
        method: request.method as Dispatcher.HttpMethod,
        path: upstream.pathPrefix + target,
        headers: {
          ...requestHeaders(request.headers),
          ...upstream.headers,
          host: upstream.host,
          [REQUEST_ID_HEADER]: requestId,
        },
        body: body ?? (hasBody(request) ? request : null),
        signal: abort.signal,
      },
      ({ statusCode, headers }) => {
        if (statusCode === 401) throw credentialRefused(upstream.name);
        onAnswer();
        response.writeHead(statusCode, responseHeaders(headers, requestId));
        return response;
      },
    );
  } finally {
    response.off('close', onClose);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** The caller's key was fine: it is the gateway's own credential that the upstream does not take. */
function credentialRefused(upstream: string): ProblemError {
  return new ProblemError('UPSTREAM_REFUSED_CREDENTIAL', {
    detail: `${upstream} refused the credential of the gateway`,
  });
}
