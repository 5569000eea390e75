import type { FastifyInstance } from 'fastify';
import { Histogram, register } from 'prom-client';

type Labels = 'method' | 'route' | 'status';

const NAME = 'http_request_duration_seconds';

/**
 * Measures every request by route pattern, method and status class: `http_request_duration_seconds`.
 * The route is the pattern, never the path, so that the number of series stays small.
 */
export function measureHttp(fastify: FastifyInstance): void {
  const histogram = httpHistogram();
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    histogram.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
    done();
  });
}

/** One for the process, however many services run in it (in tests several do). */
function httpHistogram(): Histogram<Labels> {
  const existing = register.getSingleMetric(NAME);
  if (existing) return existing as Histogram<Labels>;
  return new Histogram({
    name: NAME,
    help: 'Duration of HTTP requests from the first byte in to the last byte out.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
}
