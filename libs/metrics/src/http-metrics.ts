import type { FastifyInstance } from 'fastify';
import { register } from 'prom-client';
import { type HistogramSeries, LeanHistogram } from './lean-histogram';

type Labels = 'method' | 'route' | 'status';

const NAME = 'http_request_duration_seconds';

/**
 * Measures every request by route pattern, method and status class: `http_request_duration_seconds`.
 * The route is the pattern, never the path, so that the number of series stays small.
 */
export function measureHttp(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    httpSeries(request.method, route, reply.statusCode).observe(reply.elapsedTime / 1000);
    done();
  });
}

/** For requests that are answered outside Fastify: the series that counts them among all others. */
export function httpSeries(method: string, route: string, statusCode: number): HistogramSeries {
  return httpHistogram().series({ method, route, status: `${Math.floor(statusCode / 100)}xx` });
}

/** One for the process, however many services run in it (in tests several do). */
function httpHistogram(): LeanHistogram<Labels> {
  const existing = register.getSingleMetric(NAME);
  if (existing) return existing as unknown as LeanHistogram<Labels>;
  return new LeanHistogram<Labels>({
    name: NAME,
    help: 'Duration of HTTP requests from the first byte in to the last byte out.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
}
