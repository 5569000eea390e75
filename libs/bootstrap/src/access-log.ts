import { LogController, type FastifyReply, type FastifyRequest } from 'fastify';

/** A 503 of a probe is its answer, not a failed request; the change of state behind it is logged once. */
const PROBE = /^\/(health|ready|api\/health)\b/;

/**
 * One line a request: `debug` for what went well or was the caller's mistake, `warn` from status 500 on. It names
 * the route, not the URL, since a query may hold what nobody should read in a log.
 */
export class AccessLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'requestId' });
  }

  override incomingRequest(): void {
    // The line at the end says all of it.
  }

  override requestCompleted(error: Error | null, request: FastifyRequest, reply: FastifyReply): void {
    const { method } = request;
    const { statusCode: status } = reply;
    const line = {
      requestId: request.id,
      method,
      route: request.routeOptions.url,
      status,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
    };
    if (error || (status >= 500 && !PROBE.test(request.url)))
      reply.log.warn({ ...line, err: error ?? undefined }, 'request failed');
    else reply.log.debug(line, 'request');
  }
}
