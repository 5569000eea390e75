import { ProblemError } from '@tidegate/schemas';
import type { FastifyInstance } from 'fastify';
import type { LogCounters } from '../health/log-counters';

/**
 * Counts the requests to `POST /log` whose body is refused while it comes (too large, overloaded, of another media type): no
 * controller ever sees them, so `IngestService` cannot count them as it does the others.
 */
export function countRefusedBodies(fastify: FastifyInstance, counters: LogCounters): void {
  // Nest answers what its controllers throw by itself; only what fails before them is an error to Fastify.
  fastify.addHook('onError', (request, _reply, error, done) => {
    const isToLog = request.method === 'POST' && request.routeOptions.url === '/log';
    if (isToLog && isRefusal(error)) counters.addErrors(1);
    done();
  });
}

/** A sender who is gone in the middle of a body was refused nothing; that error has no status. */
function isRefusal(error: Error & { readonly statusCode?: number | undefined }): boolean {
  return error instanceof ProblemError || error.statusCode !== undefined;
}
