import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { generateApiKey } from '@tidegate/api-keys';
import { runPython, trackingEnvironment, useTestMlflow, useTestPostgres } from '@tidegate/testing';
import { bearer, keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';

describe('the gateway in front of a real MLflow', () => {
  const postgres = useTestPostgres();
  const mlflow = useTestMlflow();
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: mlflow.url,
      MLFLOW_USERNAME: mlflow.username,
      MLFLOW_PASSWORD: mlflow.password,
    });
    await api.waitFor('/ready', 200);
  });

  afterAll(() => api.stop());

  const get = (route: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${api.url}/api/mlflow/${route}`, { headers });

  it('asks for a key with 401 and says how to send one', async () => {
    const response = await get('experiments/search?max_results=1');
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(await response.json()).toMatchObject({
      detail: 'API key required',
      code: 'API_KEY_REQUIRED',
      status: 401,
    });
  });

  it('answers a made-up key, a well-formed unknown key and a damaged key alike', async () => {
    const damaged = `${keys.all.slice(0, -1)}!`;
    for (const key of ['secret', keys.nobodys, damaged]) {
      const response = await get('version', bearer(key));
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        code: 'API_KEY_INVALID',
        detail: 'The API key is not valid',
      });
    }
  });

  it('takes the key as bearer token, as Basic password and as X-API-Key, but not from the query', async () => {
    const basic = Buffer.from(`anyone:${keys.all}`).toString('base64');
    for (const headers of [
      bearer(keys.all),
      { authorization: `Basic ${basic}` },
      { 'x-api-key': keys.all },
    ]) {
      expect((await get('experiments/search?max_results=1', headers)).status).toBe(200);
    }
    expect((await get(`experiments/search?max_results=1&api_key=${keys.all}`)).status).toBe(401);
  });

  it('names the scope a key lacks, and forwards what it holds', async () => {
    const refused = await get('registered-models/search', bearer(keys.readRuns));
    expect(refused.status).toBe(403);
    expect(((await refused.json()) as { detail: string }).detail).toContain('"models:read"');
    const search = await fetch(`${api.url}/api/mlflow/runs/search`, {
      method: 'POST',
      headers: { ...bearer(keys.readRuns), 'content-type': 'application/json' },
      body: JSON.stringify({ experiment_ids: ['0'] }),
    });
    expect(search.status).toBe(200);
  });

  it.each(['users/create', 'webhooks', 'graphql', 'mlflow/permissions', '%2e%2e/health'])(
    'does not know %s, whatever the key may do',
    async (route) => {
      const response = await get(route, bearer(keys.all));
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' });
    },
  );

  it('passes errors of MLflow on as they are', async () => {
    const response = await get('runs/get?run_id=00000000000000000000000000000000', bearer(keys.all));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error_code: 'RESOURCE_DOES_NOT_EXIST' });
  });

  it('serves the stock Python client: tracking, artifacts, registry', async () => {
    const name = `gateway-${randomBytes(4).toString('hex')}`;
    const target = { url: `${api.url}/api/mlflow`, token: keys.all };
    const output = await runPython(
      path.join(__dirname, 'mlflow-client.py'),
      [name],
      trackingEnvironment(target),
    );
    expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toEqual({
      found: true,
      history: [0.5, 0.75],
      artifacts: ['notes/note ü.txt'],
      note: 'kept by the gateway',
      alias: '1',
    });
  }, 240_000);

  it('streams a large artifact up and down unchanged', async () => {
    const content = randomBytes(24 * 1024 * 1024);
    const url = `${api.url}/api/mlflow/api/2.0/mlflow-artifacts/artifacts/gateway-test/${randomBytes(4).toString('hex')}.bin`;
    const upload = await fetch(url, { method: 'PUT', headers: bearer(keys.all), body: content });
    expect(upload.status).toBe(200);
    const download = await fetch(url, { headers: bearer(keys.all) });
    expect(Buffer.from(await download.arrayBuffer()).equals(content)).toBe(true);
  }, 120_000);

  it('never writes a key to its log', () => {
    expect(api.log()).toContain('api listens');
    for (const key of Object.values(keys)) expect(api.log()).not.toContain(key.slice(-40));
  });
});

describe('an api whose own MLflow password is wrong', () => {
  const postgres = useTestPostgres();
  const mlflow = useTestMlflow();

  it('says that the gateway is refused, not the caller', async () => {
    const api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: mlflow.url,
      MLFLOW_USERNAME: mlflow.username,
      MLFLOW_PASSWORD: 'not the password',
    });
    try {
      await api.waitFor('/ready', 200);
      const response = await fetch(`${api.url}/api/mlflow/experiments/get?experiment_id=0`, {
        headers: bearer(keys.all),
      });
      expect(response.status).toBe(502);
      expect(await response.json()).toMatchObject({ code: 'UPSTREAM_REFUSED_CREDENTIAL' });
      expect(await (await fetch(`${api.url}/api/health/mlflow`)).json()).toMatchObject({
        status: 'unhealthy',
        checks: { connectivity: { status: 'healthy' }, experiments_api: { status: 'unhealthy' } },
      });
    } finally {
      await api.stop();
    }
  });
});

describe('API keys given by secret', () => {
  const postgres = useTestPostgres();

  it('stores the bootstrap key for managing keys only, and only while nobody has made a key', async () => {
    const bootstrap = generateApiKey({ environment: 'test' }).text;
    const environment = {
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      API_BOOTSTRAP_KEY: bootstrap,
    };
    for (const start of ['first', 'second']) {
      const api = await startApiUnderTest(environment);
      await api.waitFor('/ready', 200);
      const response = await fetch(`${api.url}/api/mlflow/runs/get`, { headers: bearer(bootstrap) });
      expect([start, response.status]).toEqual([start, 403]);
      await api.stop();
    }
    const late = generateApiKey({ environment: 'test' }).text;
    const api = await startApiUnderTest({ ...environment, API_BOOTSTRAP_KEY: late });
    await api.waitFor('/ready', 200);
    expect((await fetch(`${api.url}/api/mlflow/runs/get`, { headers: bearer(late) })).status).toBe(401);
    await api.stop();
  });
});
