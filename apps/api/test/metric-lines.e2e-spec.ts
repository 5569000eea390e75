import { FaultyDnsServer, useTestPostgres } from '@tidegate/testing';
import { startApiUnderTest } from './api-under-test';

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
      DnsStaleAnswers: expect.any(Number) as number,
      DnsFallbackActive: 0,
      DnsAnswerAge: expect.any(Number) as number,
      Http5xx: 0,
    });
    expect(line.DnsStaleAnswers).toBeGreaterThan(0);
    expect(line.DnsFailures).toBeGreaterThan(0);
    expect(Number(line.DnsLookups)).toBeGreaterThan(Number(line.DnsFailures));
    expect(line.DnsAnswerAge).toBeGreaterThan(1);
  });

  it('tell that the fall-back address is in use', async () => {
    dns.answer(MLFLOW, { rcode: 'SERVFAIL' });
    const api = await start({ MLFLOW_FALLBACK_IP: '127.0.0.1' });
    await api.waitFor('/ready', 200);
    await fetch(`${api.url}/api/health/mlflow/connectivity`);
    await api.stop();

    expect(lastLine(api.log())).toMatchObject({ DnsFallbackActive: 1, DnsStaleAnswers: 0 });
  });
});
