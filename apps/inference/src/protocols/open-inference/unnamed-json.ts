import type { FastifyInstance } from 'fastify';

const PREFIX = '/v2/repository/';

/** Clients of the protocol send JSON to the repository routes without saying so, or nothing and say it is JSON. */
export function takeUnnamedJson(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.url.startsWith(PREFIX)) {
      const { headers } = request.raw;
      const isEmpty =
        (headers['content-length'] ?? '0') === '0' && headers['transfer-encoding'] === undefined;
      headers['content-type'] = isEmpty ? undefined : 'application/json';
    }
    done();
  });
}
