import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  FaultyDnsServer,
  makeServerCertificate,
  startApiProcess,
  useTestPostgres,
  type ApiProcess,
  type ServerCertificate,
} from '@tidegate/testing';
import { bearer, keys, serviceKeys } from './api-under-test';

const NAME = 'mlflow.example';

describe('an MLflow behind https and a path prefix', () => {
  const postgres = useTestPostgres();
  let folder: string;
  let certificate: ServerCertificate;
  let dns: FaultyDnsServer;
  let upstream: Server;
  let seen: { url: string | undefined; host: string | undefined; serverName: unknown }[];
  let api: ApiProcess;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidegate-https-upstream-'));
    certificate = await makeServerCertificate(folder, 'mlflow', NAME);
    const [cert, key] = await Promise.all([readFile(certificate.file), readFile(certificate.keyFile)]);
    upstream = createServer({ cert, key }, ({ url, headers, socket }, response) => {
      seen.push({ url, host: headers.host, serverName: (socket as { servername?: unknown }).servername });
      response.setHeader('content-type', 'application/json');
      response.end('{"experiments":[],"registered_models":[],"files":[]}');
    });
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    dns = await FaultyDnsServer.start();
  });

  beforeEach(() => (seen = []));
  afterEach(() => api.stop());
  afterAll(async () => {
    upstream.close();
    await dns.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const address = (): string => `${NAME}:${(upstream.address() as AddressInfo).port}`;
  async function start(settings: Record<string, string>): Promise<void> {
    api = await startApiProcess(folder, {
      TIDEGATE_ENVIRONMENT: 'test',
      DATABASE_URL: await postgres.createDatabase(),
      API_KEY_PEPPER: 'a pepper that is long enough for a test',
      API_SERVICE_KEYS: JSON.stringify(serviceKeys),
      MLFLOW_TRACKING_URI: `https://${address()}/ml/flow/`,
      DNS_SERVERS: dns.address,
      ...settings,
    });
  }
  const get = (route: string): Promise<Response> =>
    fetch(`${api.url}${route}`, { headers: bearer(keys.all) });

  it('is reached with its name checked, below its prefix, by requests and health checks alike', async () => {
    // Nobody listens at the second one.
    dns.answer(NAME, { addresses: ['127.0.0.1', '127.0.0.2'], ttlSeconds: 60 });
    await start({ NODE_EXTRA_CA_CERTS: certificate.file });
    expect(await (await get('/api/health/mlflow')).json()).toMatchObject({ status: 'healthy' });
    expect((await get('/api/mlflow/runs/get?run_id=0123456789abcdef0123456789abcdef')).status).toBe(200);
    expect(seen).toContainEqual({
      url: '/ml/flow/api/2.0/mlflow/runs/get?run_id=0123456789abcdef0123456789abcdef',
      host: address(),
      serverName: NAME,
    });
    const health = await get('/api/health/mlflow/connectivity');
    expect(await health.json()).toMatchObject({
      status: 'connected',
      mlflow_server: `https://${address()}/ml/flow`,
    });
    expect(seen.every(({ url }) => url?.startsWith('/ml/flow/'))).toBe(true);
  }, 120_000);

  it('is not spoken to when nobody vouches for its certificate', async () => {
    dns.answer(NAME, { addresses: ['127.0.0.1'], ttlSeconds: 60 });
    await start({});
    const refused = await get('/api/mlflow/version');
    expect([refused.status, await refused.json()]).toMatchObject([502, { code: 'UPSTREAM_REFUSED' }]);
    const health = await get('/api/health/mlflow/connectivity');
    expect([health.status, await health.json()]).toMatchObject([
      503,
      { status: 'disconnected', failed_step: 'tls' },
    ]);
    expect(seen).toEqual([]);
  }, 120_000);
});
