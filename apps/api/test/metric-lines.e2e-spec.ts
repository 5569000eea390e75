import { FaultyDnsServer, useTestPostgres } from '@tidegate/testing';
import { bearer, keys, startApiUnderTest } from './api-under-test';

const MLFLOW = 'mlflow.tidegate-test.local';

describe("the api's metric lines for CloudWatch", () => {
  const postgres = useTestPostgres();
  let dns: FaultyDnsServer;
  let databaseUrl: string;

  beforeAll(async () => {
    databaseUrl = await postgres.createDatabase();
  });

  beforeEach(async () => {
    dns = await FaultyDnsServer.start();
  });

  afterEach(() => dns.stop());

  const start = (settings: Record<string, string> = {}) =>
    startApiUnderTest({
      DATABASE_URL: databaseUrl,
      DNS_SERVERS: dns.address,
      METRICS_EMF_NAMESPACE: 'Tidegate/tidegate-test',
      ...settings,
    });

  const lastLine = (log: string): Record<string, unknown> =>
    JSON.parse(log.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;

  it('tell how old the last good answer is and that it is used while the name server is away', async () => {
    dns.answer(MLFLOW, { addresses: ['127.0.0.1'], ttlSeconds: 1 });
    const api = await start();
    await api.waitFor('/ready', 200);
    await fetch(`${api.url}/api/health/mlflow/connectivity`);
    await dns.stop();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await fetch(`${api.url}/api/health/mlflow/connectivity`);
    await api.stop();
    await dns.startAgain();

    const line = lastLine(api.log());
    expect(line).toEqual({
      _aws: expect.objectContaining({ Timestamp: expect.any(Number) as number }) as object,
      Service: 'api',
      DnsLookups: expect.any(Number) as number,
      DnsFailures: expect.any(Number) as number,
      DnsLookupSeconds: expect.any(Number) as number,
      DnsFreshAnswers: expect.any(Number) as number,
      DnsStaleAnswers: expect.any(Number) as number,
      DnsFallbackAnswers: 0,
      DnsFallbackActive: 0,
      DnsOverrideActive: 0,
      DnsAddressChanges: 0,
      DnsAddresses: 1,
      DnsAnswerAge: expect.any(Number) as number,
      GatewayFailures: 0,
      GatewayRetries: 0,
      GatewayBreakerOpen: 0,
      GatewayRateLimited: 0,
      Http5xx: 0,
    });
    expect(line.DnsStaleAnswers).toBeGreaterThan(0);
    expect(line.DnsFailures).toBeGreaterThan(0);
    expect(Number(line.DnsLookups)).toBeGreaterThan(Number(line.DnsFailures));
    expect(line.DnsAnswerAge).toBeGreaterThan(1);
  });

  it('tell that requests fail since the upstream refuses connections', async () => {
    const api = await start({ INFERENCE_URL: 'http://127.0.0.1:1' });
    await api.waitFor('/ready', 200);
    for (let time = 0; time < 6; time += 1)
      await fetch(`${api.url}/api/inference/models`, { headers: bearer(keys.all) });
    await api.stop();
    expect(lastLine(api.log())).toMatchObject({ GatewayFailures: 6, GatewayBreakerOpen: 1, Http5xx: 6 });
  });

  it('tell that the fall-back address is in use', async () => {
    dns.answer(MLFLOW, { rcode: 'SERVFAIL' });
    const api = await start({ MLFLOW_FALLBACK_IP: '127.0.0.1' });
    await api.waitFor('/ready', 200);
    await fetch(`${api.url}/api/health/mlflow/connectivity`);
    await api.stop();

    const line = lastLine(api.log());
    expect(line).toMatchObject({ DnsFallbackActive: 1, DnsStaleAnswers: 0 });
    expect(line.DnsFallbackAnswers).toBeGreaterThan(0);
  });

  it('tell that an override says where MLflow is, and that the fall-back address is out of date', async () => {
    dns.answer(MLFLOW, { addresses: ['127.0.0.2'] });
    const overridden = await start({ MLFLOW_TRACKING_URI: 'http://127.0.0.1:5000' });
    await overridden.stop();
    expect(lastLine(overridden.log())).toMatchObject({ DnsOverrideActive: 1 });

    const discovered = await start({ MLFLOW_FALLBACK_IP: '127.0.0.1' });
    await discovered.waitFor('/ready', 200);
    await fetch(`${discovered.url}/api/health/mlflow/connectivity`);
    await discovered.stop();
    expect(lastLine(discovered.log())).toMatchObject({ DnsOverrideActive: 0, DnsFallbackMatches: 0 });
  });
});
