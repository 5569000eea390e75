import { startOwnMlflow, startOwnPostgres, type OwnMlflow, type OwnPostgres } from '@tidegate/testing';
import { bearer, keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';

describe('health while parts come and go', () => {
  let postgres: OwnPostgres;
  let keyDatabase: OwnPostgres;
  let mlflow: OwnMlflow;
  let api: ApiUnderTest;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    keyDatabase = await startOwnPostgres();
    mlflow = await startOwnMlflow(postgres);
    api = await startApiUnderTest({
      DATABASE_URL: await keyDatabase.createDatabase('keys'),
      MLFLOW_TRACKING_URI: mlflow.url,
      MLFLOW_USERNAME: mlflow.username,
      MLFLOW_PASSWORD: mlflow.password,
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    await api.waitFor('/ready', 200);
  }, 240_000);

  afterAll(async () => {
    await api?.stop();
    await mlflow?.remove();
    await keyDatabase?.remove();
    await postgres?.remove();
  });

  const json = async (path: string, headers: Record<string, string> = {}): Promise<[number, unknown]> => {
    const response = await fetch(`${api.url}${path}`, { headers });
    return [response.status, await response.json()];
  };
  const eventually = async (
    path: string,
    expected: object,
    headers: Record<string, string> = {},
  ): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      const [, body] = await json(path, headers);
      try {
        expect(body).toMatchObject(expected);
        return;
      } catch (difference) {
        if (attempt > 300) throw difference;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };

  it('is alive, ready, and degraded by nothing but the ill Redis', async () => {
    expect(await json('/live')).toEqual([200, { status: 'alive' }]);
    await eventually('/health', {
      status: 'degraded',
      services: { mlflow: 'healthy', redis: 'unhealthy', postgres: 'healthy' },
      version: expect.any(String) as string,
      timestamp: expect.any(String) as string,
    });
  });

  it('shows MLflow in the exact bodies other programs read', async () => {
    expect(await api.waitFor('/api/health/mlflow', 200)).toEqual({
      mlflow_server: mlflow.url,
      checks: {
        connectivity: { status: 'healthy', message: expect.any(String) as string },
        experiments_api: { status: 'healthy', message: expect.any(String) as string },
        artifacts_api: { status: 'enabled', message: expect.any(String) as string },
      },
      status: 'healthy',
    });
    expect(await api.waitFor('/api/health/mlflow/connectivity', 200)).toEqual({
      status: 'connected',
      mlflow_server: mlflow.url,
      response_code: 200,
      response_time_ms: expect.any(Number) as number,
    });
  });

  it('tries each endpoint family in the detailed view, for keys with ops:read only', async () => {
    expect((await json('/api/health/mlflow/detailed'))[0]).toBe(401);
    expect((await json('/api/health/mlflow/detailed', bearer(keys.readRuns)))[0]).toBe(403);
    // An answer is given for a second: the next one is the same.
    await eventually('/api/health/mlflow/detailed', { status: 'healthy' }, bearer(keys.all));
    const [status, body] = await json('/api/health/mlflow/detailed', bearer(keys.all));
    expect([status, body]).toMatchObject([
      200,
      {
        status: 'healthy',
        endpoints: {
          models: { status: 'healthy', response_code: 200 },
          experiments: { status: 'healthy', response_code: 200 },
          runs: { status: 'healthy', response_code: 200 },
          metrics: { status: 'not_tested' },
          artifacts: { status: 'healthy', response_code: 200 },
        },
        dns: { hostname: '127.0.0.1' },
      },
    ]);
  });

  it('shows causes in the detailed health only to a key that may see them', async () => {
    const [, open] = await json('/health?detailed=true');
    expect(open).toMatchObject({
      details: { redis: { status: 'unhealthy', error_code: expect.any(String) as string } },
    });
    expect(JSON.stringify(open)).not.toContain('cause');
    const [, full] = await json('/health?detailed=true', bearer(keys.all));
    expect(full).toMatchObject({ details: { redis: { cause: expect.any(String) as string } } });
  });

  it('goes on without the database of keys: known keys work, unknown ones get 503, and it comes back', async () => {
    const known = '/api/mlflow/version';
    expect((await fetch(`${api.url}${known}`, { headers: bearer(keys.all) })).status).toBe(200);
    await keyDatabase.stop();
    await eventually('/health', { status: 'degraded', services: { postgres: 'unhealthy' } });
    expect((await fetch(`${api.url}${known}`, { headers: bearer(keys.all) })).status).toBe(200);
    const unknown = await fetch(`${api.url}${known}`, { headers: bearer(keys.nobodys) });
    expect(unknown.status).toBe(503);
    expect(unknown.headers.get('retry-after')).toBe('5');
    expect(await unknown.json()).toMatchObject({ code: 'KEY_STORE_UNAVAILABLE' });
    await keyDatabase.start();
    await eventually('/health', { services: { postgres: 'healthy' } });
    await eventually(known, { code: 'API_KEY_INVALID' }, bearer(keys.nobodys));
  });

  it('is degraded with 200 while MLflow is away, says so in the log, and recovers', async () => {
    await mlflow.stop();
    await eventually('/health', { status: 'degraded', services: { mlflow: 'unhealthy' } });
    expect((await json('/health'))[0]).toBe(200);
    expect((await json('/ready'))[0]).toBe(200);
    // A check that was under way when it stopped failed at another step.
    await eventually('/api/health/mlflow/connectivity', { failed_step: 'tcp' });
    expect(await json('/api/health/mlflow')).toMatchObject([503, { status: 'unhealthy' }]);
    expect(await json('/api/health/mlflow/connectivity')).toMatchObject([
      503,
      { status: 'disconnected', failed_step: 'tcp' },
    ]);
    expect(await json('/api/mlflow/version', bearer(keys.all))).toMatchObject([
      502,
      { code: 'UPSTREAM_REFUSED' },
    ]);
    expect(api.log()).toMatch(
      /"dependency":"mlflow","from":"healthy","to":"unhealthy","code":"MLFLOW_UNREACHABLE"/,
    );
    await mlflow.start();
    await eventually('/health', { services: { mlflow: 'healthy' } });
    await api.waitFor('/api/health/mlflow', 200);
  }, 180_000);

  it('exports metrics of requests, names and the process', async () => {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    for (const name of [
      'http_request_duration_seconds_bucket',
      'dns_lookups_total',
      'process_resident_memory_bytes',
    ]) {
      expect(text).toContain(name);
    }
  });
});
