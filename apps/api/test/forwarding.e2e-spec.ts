import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { useTestPostgres } from '@tidegate/testing';
import { bearer, keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';

const TOKEN = 'the token of the services';

/** Stands where inference stands: shows what the gateway sends, and misbehaves on request. */
describe('what the gateway sends to a service behind it', () => {
  const postgres = useTestPostgres();
  let upstream: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let api: ApiUnderTest;

  beforeAll(async () => {
    upstream = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      INFERENCE_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/prefix`,
      INTERNAL_TOKEN: TOKEN,
    });
    await api.waitFor('/ready', 200);
  });

  afterAll(async () => {
    await api.stop();
    upstream.close();
  });

  const predict = (init: RequestInit = {}): Promise<Response> =>
    fetch(`${api.url}/api/inference/predict?trace=1`, { method: 'POST', body: '{"instances":[]}', ...init });

  it('keeps the body byte for byte, replaces the credential, drops what only the gateway may say', async () => {
    let seen: { url: string | undefined; headers: IncomingMessage['headers']; body: string } | undefined;
    answer = (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen = { url: request.url, headers: request.headers, body };
        response
          .writeHead(201, { 'content-type': 'application/json', 'set-cookie': 'a=b', server: 'secret' })
          .end('{"big": 12345678901234567890}');
      });
    };
    const response = await predict({
      headers: {
        ...bearer(keys.all),
        'content-type': 'application/json',
        'x-request-id': 'from-the-caller',
        'x-forwarded-for': '6.6.6.6',
        cookie: 'session=1',
        origin: 'http://evil.example',
        'x-tidegate-internal-token': 'forged',
      },
      body: '{"a":1, "a":2, "big":12345678901234567890}',
    });
    expect(response.status).toBe(201);
    expect(await response.text()).toBe('{"big": 12345678901234567890}');
    expect(response.headers.get('x-request-id')).toBe('from-the-caller');
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(seen).toMatchObject({
      url: '/prefix/predict?trace=1',
      body: '{"a":1, "a":2, "big":12345678901234567890}',
    });
    expect(seen?.headers).toMatchObject({
      'x-request-id': 'from-the-caller',
      'x-tidegate-internal-token': TOKEN,
    });
    for (const name of ['authorization', 'cookie', 'origin', 'x-forwarded-for'])
      expect(seen?.headers[name]).toBeUndefined();
    expect(JSON.stringify(seen)).not.toContain(keys.all);
  });

  it('cancels the upstream request when the caller goes away', async () => {
    const cancelled = new Promise<void>((resolve) => {
      answer = (request) => request.once('close', resolve);
    });
    const caller = httpRequest(`${api.url}/api/inference/predict`, {
      method: 'POST',
      headers: bearer(keys.all),
    });
    caller.on('error', () => undefined);
    caller.write('{"instances":');
    setTimeout(() => caller.destroy(), 200);
    await cancelled;
  });

  it('answers 502 when the upstream drops the connection, and serves the next request', async () => {
    answer = (request) => request.socket.destroy();
    const response = await predict({ headers: bearer(keys.all) });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({
      code: 'UPSTREAM_REFUSED',
      detail: 'inference refused or dropped the connection',
    });
    answer = (_request, next) => next.end('{}');
    expect((await predict({ headers: bearer(keys.all) })).status).toBe(200);
  });

  it('cuts the answer when the upstream dies in the middle of it', async () => {
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('the first half');
      setTimeout(() => request.socket.destroy(), 50);
    };
    const response = await predict({ headers: bearer(keys.all) });
    await expect(response.text()).rejects.toThrow();
  });
});
