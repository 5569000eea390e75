import { LogController, type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify';

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

  /** Fastify says null in its types and gives undefined. */
  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    logRequest(reply.log, {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      isFailure: Boolean(error) || (reply.statusCode >= 500 && !PROBE.test(request.url)),
      error,
    });
  }
}

/** One answered request; the route is its pattern. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  readonly route: string | undefined;
  readonly status: number;
  readonly durationMs: number;
  readonly isFailure: boolean;
  readonly error?: Error | null | undefined;
}

/** The access line of a request; for those that are answered outside Fastify. */
export function logRequest(
  logger: Pick<FastifyBaseLogger, 'debug' | 'warn'>,
  answered: AnsweredRequest,
): void {
  const { durationMs, isFailure, error, ...facts } = answered;
  const line = { ...facts, durationMs: Math.round(durationMs * 10) / 10 };
  if (isFailure) logger.warn({ ...line, err: error ?? undefined }, 'request failed');
  else logger.debug(line, 'request');
}
