import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultyDnsServer, useTestPostgres } from '@tidegate/testing';
import { bearer, keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';

describe('services found by name', () => {
  const postgres = useTestPostgres();
  let dns: FaultyDnsServer;
  let upstream: Server;
  let api: ApiUnderTest;

  beforeAll(async () => {
    dns = await FaultyDnsServer.start();
    dns.answer('inference.tidegate-test.local', { addresses: ['127.0.0.1'], ttlSeconds: 1 });
    upstream = createServer((request, response) =>
      response.end(JSON.stringify({ host: request.headers.host })),
    );
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      DNS_SERVERS: dns.address,
      INFERENCE_URL: `http://inference.tidegate-test.local:${(upstream.address() as AddressInfo).port}`,
      LOGGING_URL: 'http://logging.tidegate-test.local:8001',
    });
    await api.waitFor('/ready', 200);
  });

  afterAll(async () => {
    await api.stop();
    upstream.close();
    await dns.stop();
  });

  const call = (route: string, method: string): Promise<Response> =>
    fetch(`${api.url}/api/${route}`, { method, headers: bearer(keys.all) });

  it('reach the service with its name as Host, also after the name server is gone', async () => {
    const { port } = upstream.address() as AddressInfo;
    expect(await (await call('inference/models', 'GET')).json()).toEqual({
      host: `inference.tidegate-test.local:${port}`,
    });
    await dns.stop();
    upstream.closeAllConnections();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await call('inference/models', 'GET')).status).toBe(200);
    await dns.startAgain();
  });

  it('answer 503 with a code when no address is known, and never name one', async () => {
    const response = await call('logging/stats', 'GET');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toMatchObject({
      code: 'UPSTREAM_UNRESOLVED',
      detail: 'No address is known for logging',
    });
  });

  it('show MLflow by its discovered name, and the step that failed', async () => {
    expect(await api.waitFor('/api/health/mlflow/connectivity', 503)).toMatchObject({
      mlflow_server: 'http://mlflow.tidegate-test.local:5000',
      status: 'disconnected',
      failed_step: 'dns',
    });
  });
});
