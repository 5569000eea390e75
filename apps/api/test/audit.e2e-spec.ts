import { RawConnection, useTestPostgres } from '@tidegate/testing';
import { bearer, keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { until } from './until';
import { bodyOf, UpstreamUnderTest } from './upstream-under-test';

interface AuditLine {
  readonly audit?: true;
  readonly requestId: string;
  readonly [field: string]: unknown;
}

describe('the audit lines of the gateway', () => {
  const postgres = useTestPostgres();
  let upstream: UpstreamUnderTest;
  let api: ApiUnderTest;

  beforeAll(async () => {
    upstream = await UpstreamUnderTest.start();
    const address = `http://127.0.0.1:${upstream.port}`;
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: address,
      INFERENCE_URL: address,
      LOG_LEVEL: 'info',
    });
    await api.waitFor('/ready', 200);
  });
  beforeEach(() => {
    upstream.answer = (request, response) => void bodyOf(request).then(() => response.end('{}'));
  });
  afterAll(async () => {
    await api.stop();
    await upstream.stop();
  });

  const audited = (requestId: string): AuditLine[] =>
    api
      .log()
      .split('\n')
      .filter((line) => line.includes('"audit":true'))
      .map((line) => JSON.parse(line) as AuditLine)
      .filter((line) => line.requestId === requestId);
  const send = async (requestId: string, route: string, body?: object, key = keys.all): Promise<number> => {
    const [method = '', path = ''] = route.split(' ');
    const response = await fetch(`${api.url}/api/${path}`, {
      method,
      headers: { ...bearer(key), 'x-request-id': requestId },
      ...(body && { body: JSON.stringify(body) }),
    });
    await response.arrayBuffer();
    return response.status;
  };

  it('say who moved which alias of which model, from where, and with what result', async () => {
    const body = { name: 'digits', alias: 'production', version: '7' };
    expect(await send('moved', 'POST mlflow/registered-models/alias', body)).toBe(200);
    await until(() => audited('moved').length > 0);
    expect(audited('moved')).toMatchObject([
      {
        keyId: keys.all.split('_')[2],
        owner: 'everything',
        clientAddress: '127.0.0.1',
        action: 'POST registered-models/alias',
        subject: { models: ['digits'], alias: 'production', version: '7' },
        status: 200,
      },
    ]);
  });

  it.each([
    [
      'a scope is missing',
      'scope',
      { name: 'digits', alias: 'production', version: '7' },
      keys.readRuns,
      403,
    ],
    ['a value is refused', 'value', { name: '../digits', alias: 'production', version: '7' }, keys.all, 400],
  ])('say who tried when %s', async (_why, requestId, body, key, status) => {
    expect(await send(requestId, 'POST mlflow/registered-models/alias', body, key)).toBe(status);
    await until(() => audited(requestId).length > 0);
    expect(audited(requestId)).toMatchObject([{ action: 'POST registered-models/alias', status }]);
  });

  it('say so when the upstream refuses, and when the caller left before the answer', async () => {
    upstream.answer = (_request, response) => response.writeHead(409).end();
    expect(await send('refused', 'POST mlflow/runs/create', { experiment_id: '1' })).toBe(409);
    const isThere = new Promise<void>((resolve) => (upstream.answer = () => resolve()));
    const caller = await RawConnection.open(api.url);
    caller.send(
      `POST /api/mlflow/runs/create HTTP/1.1\r\nHost: a\r\nX-API-Key: ${keys.all}\r\nX-Request-Id: left\r\nContent-Length: 2\r\n\r\n{}`,
    );
    await isThere;
    caller.destroy();
    await until(() => audited('left').length > 0);
    expect(audited('refused')).toMatchObject([{ subject: { experiment: '1' }, status: 409 }]);
    expect(audited('left')[0]).not.toHaveProperty('status');
  });

  it('are not written for what changes nothing', async () => {
    await send('search', 'POST mlflow/runs/search', {});
    await send('prediction', 'POST inference/predict', {});
    await send('last', 'POST mlflow/runs/create', {});
    await until(() => audited('last').length > 0);
    expect([...audited('search'), ...audited('prediction')]).toEqual([]);
  });
});
