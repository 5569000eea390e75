import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeServerCertificate, useTestPostgres } from '@tidegate/testing';
import { bearer, keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { UpstreamUnderTest } from './upstream-under-test';

const TOKEN = 'the token of the services';
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

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
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'evil.example',
        forwarded: 'for=6.6.6.6',
        traceparent: TRACE,
        tracestate: 'vendor=1',
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
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': new URL(api.url).host,
      traceparent: TRACE,
      tracestate: 'vendor=1',
    });
    for (const name of ['authorization', 'cookie', 'origin', 'forwarded'])
      expect(seen?.headers[name]).toBeUndefined();
    expect(JSON.stringify(seen)).not.toContain(keys.all);
  });

  it('passes binary tensors and the header that says where they begin, both ways', async () => {
    answer = (request, response) => {
      const { 'inference-header-content-length': length = '', 'content-type': type = '' } = request.headers;
      response.writeHead(200, { 'content-type': type, 'inference-header-content-length': length });
      request.pipe(response);
    };
    const body = Uint8Array.from({ length: 100_000 }, (_, at) => at % 256);
    const response = await fetch(`${api.url}/api/inference/v2/models/digits@production/infer`, {
      method: 'POST',
      headers: {
        ...bearer(keys.all),
        'content-type': 'application/octet-stream',
        'Inference-Header-Content-Length': '12',
      },
      body,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('inference-header-content-length')).toBe('12');
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });

  it('starts a trace and makes a request id when the caller has none', async () => {
    let seen: IncomingMessage['headers'] = {};
    answer = ({ headers }, response) => {
      seen = headers;
      response.end('{}');
    };
    const response = await predict({ headers: { ...bearer(keys.all), traceparent: 'nonsense' } });
    expect(seen.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(seen['x-request-id']).toBe(response.headers.get('x-request-id'));
  });

  it('cancels the upstream request when the caller goes away', async () => {
    const cancelled = new Promise<void>((resolve) => {
      answer = (request) => {
        request.once('close', resolve);
        caller.destroy();
      };
    });
    const caller = httpRequest(`${api.url}/api/inference/predict`, {
      method: 'POST',
      headers: bearer(keys.all),
    });
    caller.on('error', () => undefined);
    caller.write('{"instances":');
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
    let die = (): unknown => undefined;
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('the first half');
      die = () => request.socket.destroy();
    };
    const response = await predict({ headers: bearer(keys.all) });
    die();
    await expect(response.text()).rejects.toThrow();
  });
});

describe('what the gateway tells a service about the caller', () => {
  const postgres = useTestPostgres();

  it.each([
    ['trusted', '127.0.0.0/8', '192.0.2.7', 'https', 'mlops.example'],
    ['not trusted', '10.0.0.0/8', '127.0.0.1', 'http', undefined],
  ])('is what a proxy in front says if that is %s', async (_what, cidrs, address, proto, host) => {
    const upstream = await UpstreamUnderTest.start();
    const api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      INFERENCE_URL: `http://127.0.0.1:${upstream.port}`,
      TRUSTED_PROXY_CIDRS: cidrs,
    });
    await api.waitFor('/ready', 200);
    const told = { 'x-forwarded-for': '6.6.6.6, 192.0.2.7', 'x-forwarded-proto': 'https' };
    await fetch(`${api.url}/api/inference/models`, {
      headers: { ...bearer(keys.all), ...told, 'x-forwarded-host': 'mlops.example' },
    });
    expect(upstream.requests[0]?.headers).toMatchObject({
      'x-forwarded-for': address,
      'x-forwarded-proto': proto,
      'x-forwarded-host': host ?? new URL(api.url).host,
    });
    await api.stop();
    await upstream.stop();
  });
});

describe('a service with a certificate nobody vouches for', () => {
  const postgres = useTestPostgres();

  it('is not called: TLS is checked for the name, whatever address it has', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-certificate-'));
    const { file, keyFile } = await makeServerCertificate(folder, 'unknown');
    const [cert, key] = await Promise.all([readFile(file), readFile(keyFile)]);
    let requests = 0;
    const secure = createSecureServer({ cert, key }, (_request, response) => {
      requests += 1;
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      INFERENCE_URL: `https://localhost:${(secure.address() as AddressInfo).port}`,
    });
    await api.waitFor('/ready', 200);
    const response = await fetch(`${api.url}/api/inference/models`, { headers: bearer(keys.all) });
    expect([response.status, await response.json(), requests]).toEqual([
      502,
      expect.objectContaining({ code: 'UPSTREAM_REFUSED' }),
      0,
    ]);
    await api.stop();
    secure.close();
    await rm(folder, { recursive: true });
  });
});
