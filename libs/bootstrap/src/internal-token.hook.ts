import { createHash, timingSafeEqual } from 'node:crypto';
import { INTERNAL_TOKEN_HEADER, ProblemError } from '@tidegate/schemas';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from './problem.filter';

/** Paths an orchestrator or Prometheus calls without a token. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/live', '/metrics']);

/** Refuses requests that do not carry the token the services share; probes and metrics stay open. */
export function requireInternalToken(fastify: FastifyInstance, token: string): void {
  const expected = digest(token);
  fastify.addHook('onRequest', (request, reply, done) => {
    const path = request.raw.url?.split('?', 1)[0] ?? '';
    const given = request.headers[INTERNAL_TOKEN_HEADER];
    const isAllowed = typeof given === 'string' && timingSafeEqual(digest(given), expected);
    if (isAllowed || OPEN_PATHS.has(path)) done();
    else sendProblem(reply, new ProblemError('INTERNAL_TOKEN_REQUIRED'), request.id);
  });
}

/** Equal lengths for the constant-time comparison, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
