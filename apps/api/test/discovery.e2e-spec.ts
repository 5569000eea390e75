import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { FaultyDnsServer, useTestPostgres } from '@tidegate/testing';
import { bearer, keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { bodyOf, UpstreamUnderTest } from './upstream-under-test';

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

describe('a service that moves to another address', () => {
  const name = 'mlflow.tidegate-test.local';
  const postgres = useTestPostgres();
  let dns: FaultyDnsServer;
  let before: UpstreamUnderTest;
  let after: UpstreamUnderTest;
  let api: ApiUnderTest;

  beforeAll(async () => {
    dns = await FaultyDnsServer.start();
    before = await UpstreamUnderTest.start('127.0.0.1');
    after = await UpstreamUnderTest.start('127.0.0.2', before.port);
    dns.answer(name, { addresses: ['127.0.0.1'], ttlSeconds: 1 });
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      DNS_SERVERS: dns.address,
      MLFLOW_TRACKING_URI: `http://${name}:${before.port}`,
    });
    await api.waitFor('/ready', 200);
  });

  afterAll(async () => {
    await api.stop();
    await before.stop();
    await after.stop();
    await dns.stop();
  });

  const artifact = (file: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${api.url}/api/mlflow/api/2.0/mlflow-artifacts/artifacts/${file}`, {
      headers: bearer(keys.all),
      ...init,
    });
  const countOf = (upstream: UpstreamUnderTest): number =>
    upstream.requests.filter(({ url }) => url?.endsWith('/load')).length;

  it('gets the next requests there, while its uploads and downloads at the old one are finished', async () => {
    const upload = new PassThrough();
    let stored = 0;
    let finishDownload = (): void => undefined;
    before.answer = (request, response) => {
      if (request.url?.endsWith('/download')) {
        response.write('the beginning, ');
        finishDownload = () => response.end('the end');
        return;
      }
      void bodyOf(request).then((body) => {
        if (request.method === 'PUT') stored = body.length;
        response.end('{}');
      });
    };
    const uploaded = artifact('upload', { method: 'PUT', body: upload, duplex: 'half' });
    upload.write(Buffer.alloc(1_000_000));
    const download = await artifact('download');

    const statuses: number[] = [];
    let isOver = false;
    const reader = async (): Promise<void> => {
      while (!isOver) statuses.push((await artifact('load')).status);
    };
    const readers = Promise.all(Array.from({ length: 4 }, reader));
    while (countOf(before) < 100) await pause();
    dns.answer(name, { addresses: ['127.0.0.2'], ttlSeconds: 1 });
    while (countOf(after) === 0) await pause();
    const atTheOldOne = countOf(before);
    while (countOf(after) < 200) await pause();
    isOver = true;
    await readers;

    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(countOf(before) - atTheOldOne).toBeLessThanOrEqual(4);
    upload.end(Buffer.alloc(500_000));
    finishDownload();
    expect([(await uploaded).status, stored]).toEqual([200, 1_500_000]);
    expect(await download.text()).toBe('the beginning, the end');
    // Then nothing is left open to the old address.
    while ((await before.connectionCount()) > 0) await pause();
  });

  it('is asked for there by health checks as well', async () => {
    // The next of them, two seconds apart; until then the answer tells of the old address.
    while (!after.requests.some(({ url }) => url === '/health')) await pause();
    await api.waitFor('/api/health/mlflow/connectivity', 200);
  });
});

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
