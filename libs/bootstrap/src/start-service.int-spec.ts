import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import {
  Body,
  Controller,
  Get,
  Module,
  Post,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HealthCoreModule } from '@tidegate/health';
import { ProblemError } from '@tidegate/schemas';
import type { ConnectionLimits } from './connection-limits';
import { startService, type RunningService, type ServiceSettings } from './start-service';

const TOKEN = 'a token the services share';
const events: string[] = [];
/** Answers what is asked of `held`. */
let release: (() => void) | undefined;

@Controller()
class SampleController implements OnApplicationShutdown {
  @Get('expected-failure')
  expectedFailure(): never {
    throw new ProblemError('MODEL_NOT_LOADED', {
      detail: 'digits is still loading',
      headers: { 'retry-after': '2' },
    });
  }

  @Get('bug')
  bug(): never {
    throw new Error('the password is hunter2');
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Get('slow')
  async slow(): Promise<string> {
    events.push('asked');
    await new Promise((resolve) => setTimeout(resolve, 300));
    events.push('answered');
    return 'slow';
  }

  @Get('held')
  held(): Promise<string> {
    return new Promise((resolve) => (release = () => resolve('held')));
  }

  @Get('live')
  live(): string {
    return 'alive';
  }

  onApplicationShutdown(): void {
    events.push('flushed');
  }
}

@Module({ imports: [HealthCoreModule], controllers: [SampleController] })
class SampleModule {}

const log: string[] = [];

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function start(
  settings: Partial<ServiceSettings> = {},
  connections: ConnectionLimits = {},
): Promise<RunningService> {
  const module: DynamicModule = { module: SampleModule };
  return startService({
    name: 'sample',
    module,
    settings: {
      host: '127.0.0.1',
      port: 0,
      logLevel: 'debug',
      readinessGraceMs: 0,
      drainTimeoutMs: 5_000,
      ...settings,
    },
    connections,
    logDestination: { write: (line: string) => void log.push(line) },
  });
}

describe('a started service', () => {
  let service: RunningService;

  beforeAll(async () => {
    service = await start();
  });

  afterAll(() => service.shutdown('end'));

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(service.url + path, { headers });

  it('answers an expected failure as problem+json with its headers and the request id', async () => {
    const response = await get('/expected-failure', { 'x-request-id': 'abc-1' });
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('retry-after')).toBe('2');
    expect(response.headers.get('x-request-id')).toBe('abc-1');
    expect(await response.json()).toMatchObject({
      code: 'MODEL_NOT_LOADED',
      detail: 'digits is still loading',
      requestId: 'abc-1',
      remedy: expect.any(String) as string,
    });
  });

  it('answers a bug with nothing but the request id, and logs the whole of it under that id', async () => {
    const response = await get('/bug');
    const body = await response.text();
    expect(response.status).toBe(500);
    expect(body).not.toContain('hunter2');
    const { requestId } = JSON.parse(body) as { requestId: string };
    const line = log.find((entry) => entry.includes('unexpected error') && entry.includes(requestId));
    expect(line).toContain('the password is hunter2');
  });

  it('replaces a request id that could do harm in a log', async () => {
    const response = await get('/live', { 'x-request-id': 'a b"}' });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['a route that does not exist', 'GET', '/nowhere', undefined, undefined, 404, 'NOT_FOUND'],
    ['JSON that is none', 'POST', '/echo', '{"a":', 'application/json', 400, 'BODY_INVALID'],
    [
      'a body with __proto__',
      'POST',
      '/echo',
      '{"__proto__":{"a":1}}',
      'application/json',
      400,
      'BODY_INVALID',
    ],
    ['a media type nobody parses', 'POST', '/echo', 'a', 'image/png', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'a body past the limit',
      'POST',
      '/echo',
      `"${'a'.repeat(1024 * 1024)}"`,
      'application/json',
      413,
      'BODY_TOO_LARGE',
    ],
  ])('%s: a clear 4xx', async (_what, method, path, body, type, status, code) => {
    const response = await fetch(service.url + path, {
      method,
      body,
      headers: type ? { 'content-type': type } : {},
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
  });

  it('logs requests as JSON with their route and without credentials', async () => {
    await get('/live?key=tg_in_the_query', { authorization: 'Bearer tg_in_a_header' });
    const line = log.find((entry) => entry.includes('"route":"/live"'));
    expect(JSON.parse(line ?? '')).toMatchObject({
      level: 'debug',
      service: 'sample',
      method: 'GET',
      status: 200,
    });
    expect(log.join('')).not.toMatch(/tg_in_/);
  });
});

describe('a service with an internal token', () => {
  it('serves only callers that know it, and probes', async () => {
    const service = await start({ internalToken: TOKEN });
    const status = async (path: string, token?: string): Promise<number> => {
      const headers: Record<string, string> =
        token === undefined ? {} : { 'x-tidegate-internal-token': token };
      return (await fetch(service.url + path, { headers })).status;
    };
    expect(await status('/slow')).toBe(401);
    expect(await status('/slow', `${TOKEN}!`)).toBe(401);
    expect(await status('/slow', TOKEN)).toBe(200);
    expect(await status('/live')).toBe(200);
    expect(await status('/live/../slow')).toBe(401);
    await service.shutdown('end');
  });
});

describe('stopping a service', () => {
  it('finishes the request that runs, then flushes, and does not wait for an idle keep-alive connection', async () => {
    const service = await start();
    events.length = 0;
    const answered = new Promise<number | undefined>((resolve) => {
      httpRequest(`${service.url}/slow`, { headers: { connection: 'keep-alive' } }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      }).end();
    });
    await until(() => events.includes('asked'));
    const isClosed = await service.shutdown('SIGTERM');
    expect(await answered).toBe(200);
    expect(isClosed).toBe(true);
    expect(events).toEqual(['asked', 'answered', 'flushed']);
    await expect(fetch(`${service.url}/live`)).rejects.toThrow();
  });

  it('does not wait for a connection that never carried a request', async () => {
    const service = await start({ drainTimeoutMs: 20_000 });
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    await once(socket, 'connect');
    await fetch(`${service.url}/live`);
    const closed = once(socket, 'close');
    expect(await service.shutdown('SIGTERM')).toBe(true);
    await closed;
  });

  it('says false when the drain timeout ends before the requests do', async () => {
    const service = await start({ drainTimeoutMs: 50 });
    const running = fetch(`${service.url}/held`);
    await until(() => release !== undefined);
    expect(await service.shutdown('SIGTERM')).toBe(false);
    release?.();
    await running;
  });
});

describe('a connection that brings no request', () => {
  let service: RunningService;

  beforeAll(async () => {
    service = await start({}, { headersTimeoutMs: 100, checkIntervalMs: 50, silenceMs: 300 });
  });

  afterAll(() => service.shutdown('end'));

  const send = async (text: string, { url } = service): Promise<string> => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(text);
    let received = '';
    for await (const part of socket) received += String(part);
    return received;
  };

  it('is told so when its headers take too long, and closed', async () => {
    expect(await send('GET /live HTTP/1.1\r\nHost: a\r\n')).toMatch(
      /^HTTP\/1\.1 408 .*\r\nconnection: close\r\n.*"code":"REQUEST_TIMEOUT"/s,
    );
  });

  it('is closed when its body stops in the middle', async () => {
    const head =
      'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n';
    expect(await send(`${head}{"a"`)).toBe('');
  });

  it.each([
    ['what is no HTTP', 'hello\r\n\r\n', 400, 'REQUEST_INVALID'],
    [
      'two lengths',
      'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
      400,
      'REQUEST_INVALID',
    ],
    [
      'endless headers',
      `GET /live HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
  ])('is answered and closed for %s', async (_what, text, status, code) => {
    // Without the short limits above, which could strike first.
    const patient = await start();
    const answer = await send(text, patient);
    await patient.shutdown('end');
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toContain('\r\nconnection: close');
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });
});
