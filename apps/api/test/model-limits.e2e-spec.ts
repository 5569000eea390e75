import type { IncomingMessage } from 'node:http';
import { ALLOWED_MODELS_HEADER } from '@tidegate/schemas';
import { useTestPostgres } from '@tidegate/testing';
import { bearer, keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { KeyClient } from './key-client';
import { bodyOf, UpstreamUnderTest } from './upstream-under-test';

describe('a key limited to models', () => {
  const postgres = useTestPostgres();
  let upstream: UpstreamUnderTest;
  /** Apart from the others, since health checks reach it as well. */
  let mlflow: UpstreamUnderTest;
  let api: ApiUnderTest;
  let limited: string;

  beforeAll(async () => {
    upstream = await UpstreamUnderTest.start();
    mlflow = await UpstreamUnderTest.start();
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: `http://127.0.0.1:${mlflow.port}`,
      INFERENCE_URL: `http://127.0.0.1:${upstream.port}`,
      LOGGING_URL: `http://127.0.0.1:${upstream.port}`,
    });
    await api.waitFor('/ready', 200);
    const scopes = [
      ...['predict', 'log:read', 'log:write', 'log:delete', 'feedback:write'],
      ...['models:read', 'models:write', 'artifacts:read', 'runs:read'],
    ];
    limited = (await new KeyClient(api.url, keys.all).make({ scopes, models: ['digits', 'größe, neu'] })).key;
  });
  beforeEach(() => {
    upstream.requests.length = 0;
    upstream.answer = (request, response) => void bodyOf(request).then((body) => response.end(body));
  });
  afterAll(async () => {
    await api?.stop();
    await upstream?.stop();
    await mlflow?.stop();
  });

  function send(
    key: string,
    route: string,
    body?: string | object,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const [method = '', path = ''] = route.split(' ');
    return fetch(`${api.url}/api/${path}`, {
      method,
      headers: {
        ...bearer(key),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }
  const lastRequest = (): IncomingMessage | undefined => upstream.requests.at(-1);

  it('predicts with its models; the body arrives as it was sent', async () => {
    for (const body of [
      '{"model": "digits", "instances": [1.50]}',
      '{"instances":[1],"model":"digits@production"}',
    ]) {
      const answer = await send(limited, 'POST inference/predict', body);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe(body);
    }
    expect((await send(limited, 'POST inference/v2/models/digits/infer', {})).status).toBe(200);
    expect((await send(limited, 'POST inference/v2/models/digits@production/infer', {})).status).toBe(200);
    expect((await send(limited, 'GET inference/v2/models/digits/versions/2')).status).toBe(200);
  });

  it.each([
    ['POST inference/predict', { model: 'other', instances: [1] }],
    ['POST inference/predict', { model: 'other@digits', instances: [1] }],
    ['POST inference/predict', { instances: [1] }],
    ['POST inference/predict', undefined],
    ['POST inference/invocations', { instances: [1] }],
    ['POST inference/v2/models/other/infer', {}],
    ['POST inference/v2/models/other%40digits/infer', {}],
    ['GET inference/v2/models/other/ready', undefined],
  ])('is refused %s %j, and nothing reaches the service', async (route, body) => {
    const answer = await send(limited, route, body);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'MODEL_NOT_ALLOWED' });
    expect(upstream.requests).toHaveLength(0);
  });

  it.each([
    ['GET mlflow/registered-models/get?name=digits', undefined, 200],
    ['POST mlflow/registered-models/alias', { name: 'digits', alias: 'production', version: '2' }, 200],
    ['GET mlflow/registered-models/get?name=other', undefined, 403],
    ['GET mlflow/registered-models/get?name=digits&name=other', undefined, 403],
    ['POST mlflow/registered-models/alias', { name: 'other', alias: 'production', version: '2' }, 403],
    ['POST mlflow/registered-models/rename', { name: 'digits', newName: 'other' }, 403],
    ['POST mlflow/model-versions/create', { name: 'digits', source: 'models:/other/1' }, 403],
    ['GET mlflow/registered-models/search?filter=name', undefined, 403],
    ['POST mlflow/runs/search', {}, 403],
    ['GET mlflow/artifacts/list?run_id=0123456789abcdef0123456789abcdef', undefined, 403],
  ])('in the registry: %s %j is %i', async (route, body, status) => {
    const answer = await send(limited, route, body);
    expect(answer.status).toBe(status);
    const path = new URL(route.split(' ')[1] ?? '', 'http://a/').pathname.replace('/mlflow/', '/');
    const reached = mlflow.requests.filter(
      ({ url = '', headers }) => url.includes(path) && headers.traceparent,
    );
    expect(reached).toHaveLength(status === 200 ? 1 : 0);
    mlflow.requests.length = 0;
  });

  it('cannot name two models and hope that the other one counts', async () => {
    const body = '{"model":"digits","instances":[1],"model":"other"}';
    const answer = await send(limited, 'POST inference/predict', body);
    expect(await answer.json()).toMatchObject({ status: 400, code: 'BODY_INVALID' });
    expect(upstream.requests).toHaveLength(0);
  });

  it.each([
    'GET inference/models',
    'GET logging/predictions',
    'GET logging/predictions/a',
    'GET logging/stats',
    'GET logging/drift',
    'POST logging/log',
    'POST logging/feedback',
    'DELETE logging/predictions',
  ])('tells the service its models with %s, whatever the caller says they are', async (route) => {
    const body = route.startsWith('POST') ? {} : undefined;
    const answer = await send(limited, route, body, {
      [ALLOWED_MODELS_HEADER]: 'other',
      x_tidegate_models: 'other',
    });
    expect(answer.status).toBe(200);
    expect(lastRequest()?.headers[ALLOWED_MODELS_HEADER]).toBe('digits,gr%C3%B6%C3%9Fe%2C%20neu');
  });

  it('is the only one the header is sent for', async () => {
    for (const route of ['POST inference/predict', 'POST logging/log'])
      expect((await send(keys.all, route, '{}', { [ALLOWED_MODELS_HEADER]: 'digits' })).status).toBe(200);
    for (const { headers } of upstream.requests) expect(headers).not.toHaveProperty(ALLOWED_MODELS_HEADER);
    expect(upstream.requests).toHaveLength(2);
  });
});
