import { fastify } from 'fastify';
import { register } from 'prom-client';
import { measureHttp } from './http-metrics';

describe('measureHttp', () => {
  it('counts requests by route pattern, never by path', async () => {
    const server = fastify();
    measureHttp(server);
    server.get('/things/:id', (_request, reply) => reply.send('ok'));
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    await fetch(`${url}/things/1`);
    await fetch(`${url}/things/2`);
    await fetch(`${url}/nowhere`);
    await server.close();
    const text = await register.metrics();
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/things/:id",status="2xx"} 2',
    );
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="unmatched",status="4xx"} 1',
    );
    expect(text).not.toContain('/things/1');
  });
});
