import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { INTERNAL_TOKEN_HEADER, ProblemError } from '@tidegate/schemas';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from './problem.filter';

/** Paths an orchestrator or Prometheus calls without a token. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/live', '/metrics']);

/** Refuses requests that do not carry the token the services share; probes and metrics stay open. */
export function requireInternalToken(fastify: FastifyInstance, token: string): void {
  const carriesToken = internalTokenCheck(token);
  fastify.addHook('onRequest', (request, reply, done) => {
    const path = request.raw.url?.split('?', 1)[0] ?? '';
    if (carriesToken(request.headers) || OPEN_PATHS.has(path)) done();
    else sendProblem(reply, new ProblemError('INTERNAL_TOKEN_REQUIRED'), request.id);
  });
}

/** Whether headers carry `token`, compared in constant time; always true without a token. */
export function internalTokenCheck(token: string | undefined): (headers: IncomingHttpHeaders) => boolean {
  if (token === undefined) return () => true;
  const expected = digest(token);
  return (headers) => {
    const given = headers[INTERNAL_TOKEN_HEADER];
    return typeof given === 'string' && timingSafeEqual(digest(given), expected);
  };
}

/** Equal lengths for the constant-time comparison, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
