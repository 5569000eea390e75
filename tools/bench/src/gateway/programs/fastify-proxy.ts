import httpProxy from '@fastify/http-proxy';
import { fastify } from 'fastify';

/**
 * What most Node projects put in front of an upstream, without logs, retries and authentication.
 * Arguments: the port to listen on, the upstream's origin.
 */
const [port, upstream] = process.argv.slice(2);
const server = fastify({ logger: false });

void server.register(httpProxy, {
  upstream: String(upstream),
  prefix: '/',
  retryMethods: [],
  disableRequestLogging: true,
});
void server.listen({ port: Number(port), host: '127.0.0.1' });
