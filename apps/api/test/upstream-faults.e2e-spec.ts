import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { FaultyDnsServer, useTestPostgres } from '@tidegate/testing';
import { bearer, keys, startApiUnderTest, type ApiUnderTest } from './api-under-test';
import { bodyOf, UpstreamUnderTest } from './upstream-under-test';

const NAME = 'inference.tidegate-test.local';
const MLFLOW_PATH = 'api/2.0/mlflow-artifacts/artifacts/faults/file.bin';

describe('a gateway in front of services that fail', () => {
  const postgres = useTestPostgres();
  let dns: FaultyDnsServer;
  let single: UpstreamUnderTest;
  let first: UpstreamUnderTest;
  let second: UpstreamUnderTest;
  /** Where logging should be: answers bytes as they are told. */
  let raw: Server;
  let rawAnswer: (socket: Socket) => void;
  let api: ApiUnderTest;

  beforeAll(async () => {
    dns = await FaultyDnsServer.start();
    single = await UpstreamUnderTest.start();
    first = await UpstreamUnderTest.start();
    second = await UpstreamUnderTest.start('127.0.0.2', first.port);
    dns.answer(NAME, { addresses: ['127.0.0.1', '127.0.0.2'] });
    raw = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => rawAnswer(socket));
    }).listen(0, '127.0.0.1');
    await once(raw, 'listening');
    api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      DNS_SERVERS: dns.address,
      MLFLOW_TRACKING_URI: `http://127.0.0.1:${single.port}`,
      INFERENCE_URL: `http://${NAME}:${first.port}`,
      LOGGING_URL: `http://127.0.0.1:${(raw.address() as AddressInfo).port}`,
    });
    await api.waitFor('/ready', 200);
  });

  afterAll(async () => {
    await api.stop();
    raw.close();
    await Promise.all([single, first, second].map((upstream) => upstream.stop()));
    await dns.stop();
  });

  beforeEach(() => {
    for (const upstream of [single, first, second]) {
      upstream.requests.length = 0;
      upstream.answer = (request, response) => void bodyOf(request).then(() => response.end('{}'));
    }
  });

  const call = (route: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${api.url}/api/${route}`, { headers: bearer(keys.all), ...init });
  const problemOf = async (response: Response): Promise<[number, string, string | null]> => {
    const { code } = (await response.json()) as { code: string };
    return [response.status, code, response.headers.get('retry-after')];
  };
  const metric = async (line: string): Promise<number> => {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    const value = text.split('\n').find((each) => each.startsWith(`${line} `));
    return Number(value?.slice(line.length) ?? NaN);
  };
  /** Dropped without an answer while `times` is not used up; counts only requests of the test. */
  const dropFirst = (upstream: UpstreamUnderTest, times: number): { seen: number } => {
    const count = { seen: 0 };
    upstream.answer = (request, response) => {
      if (!request.url?.includes('faults')) return void response.end('{}');
      count.seen += 1;
      if (count.seen <= times) request.socket.destroy();
      else void bodyOf(request).then(() => response.end('{"served":true}'));
    };
    return count;
  };

  describe('with one address', () => {
    it('sends a request that changes nothing once more when the connection is dropped', async () => {
      const count = dropFirst(single, 1);
      const response = await call(`mlflow/${MLFLOW_PATH}`);
      expect([response.status, await response.json(), count.seen]).toEqual([200, { served: true }, 2]);
      expect(await metric('gateway_upstream_retries_total{upstream="MLflow"}')).toBeGreaterThan(0);
    });

    it('does so once', async () => {
      const count = dropFirst(single, Infinity);
      expect(await problemOf(await call(`mlflow/${MLFLOW_PATH}`))).toEqual([502, 'UPSTREAM_REFUSED', null]);
      expect(count.seen).toBe(2);
    });

    it.each(['small', 'large'])('never sends a %s upload twice that may have arrived', async (size) => {
      const count = dropFirst(single, 1);
      const body = Buffer.alloc(size === 'small' ? 10 : 1024 * 1024);
      const response = await call(`mlflow/${MLFLOW_PATH}`, { method: 'PUT', body });
      expect([...(await problemOf(response)), count.seen]).toEqual([502, 'UPSTREAM_REFUSED', null, 1]);
    });

    it('answers at once while nothing listens there, and goes on within seconds of its return', async () => {
      const { port } = single;
      await single.stop();
      const codes = new Set<string>();
      for (let attempt = 0; attempt < 12; attempt += 1) {
        const [status, code, retryAfter] = await problemOf(await call(`mlflow/${MLFLOW_PATH}`));
        codes.add(code);
        expect([status, retryAfter]).toEqual(code === 'UPSTREAM_REFUSED' ? [502, null] : [503, '1']);
      }
      expect(codes).toEqual(new Set(['UPSTREAM_REFUSED', 'UPSTREAM_BREAKER_OPEN']));
      expect(await metric('gateway_breaker_open{upstream="MLflow"}')).toBe(1);
      await single.startAgain('127.0.0.1', port);
      while ((await call(`mlflow/${MLFLOW_PATH}`)).status !== 200)
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await metric('gateway_breaker_open{upstream="MLflow"}')).toBe(0);
    });
  });

  describe('with two addresses', () => {
    const get = async (): Promise<number> => (await call('inference/models')).status;
    const post = async (): Promise<number> =>
      (await call('inference/predict', { method: 'POST', body: '{"instances":[]}' })).status;

    it('spreads requests over both', async () => {
      for (let request = 0; request < 10; request += 1) expect(await get()).toBe(200);
      expect(first.requests.length).toBeGreaterThan(2);
      expect(second.requests.length).toBeGreaterThan(2);
    });

    it('fails no request while one of them dies under load, stays away and comes back', async () => {
      const statuses: number[] = [];
      let isOver = false;
      const reader = async (): Promise<void> => {
        while (!isOver) statuses.push(await get());
      };
      const readers = Promise.all(Array.from({ length: 8 }, reader));
      const answered = async (count: number): Promise<void> => {
        const goal = statuses.length + count;
        while (statuses.length < goal) await new Promise((resolve) => setTimeout(resolve, 10));
      };
      await answered(100);
      const { port } = second;
      await second.stop();
      await answered(300);
      await second.startAgain('127.0.0.2', port);
      second.requests.length = 0;
      while (second.requests.length === 0) await answered(10);
      isOver = true;
      await readers;
      expect(new Set(statuses)).toEqual(new Set([200]));
    });

    it('fails no prediction that finds one of them gone: nothing was sent yet', async () => {
      const { port } = second;
      await second.stop();
      const statuses = [];
      for (let round = 0; round < 5; round += 1) {
        const some = Array.from({ length: 10 }, post);
        statuses.push(...(await Promise.all(some)));
      }
      await second.startAgain('127.0.0.2', port);
      expect(new Set(statuses)).toEqual(new Set([200]));
    });
  });

  describe('that do not speak HTTP', () => {
    it.each([
      ['something else', 'SSH-2.0-OpenSSH_9.2\r\n'],
      ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
      [
        'a length and chunks',
        'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ],
      ['NUL in a header', 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 2\r\n\r\n{}'],
      ['a carriage return alone', 'HTTP/1.1 200 OK\r\nX-A: a\rSet-Cookie: b\r\nContent-Length: 2\r\n\r\n{}'],
      ['endless headers', `HTTP/1.1 200 OK\r\n${'X-A: aaaaaaaaaaaaaaaa\r\n'.repeat(2_000)}\r\n`],
      [
        'an upgrade nobody asked for',
        'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: a\r\n\r\n',
      ],
    ])('is 502: %s', async (_what, bytes) => {
      rawAnswer = (socket) => void socket.end(bytes, 'latin1');
      expect(await problemOf(await call('logging/stats'))).toEqual([502, 'UPSTREAM_PROTOCOL', null]);
    });

    it('is cut when the chunks turn to nonsense in the middle', async () => {
      rawAnswer = (socket) =>
        void socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense');
      const response = await call('logging/stats');
      await expect(response.text()).rejects.toThrow();
      expect(await metric('gateway_upstream_requests_total{upstream="logging",outcome="cut"}')).toBe(1);
    });

    it('is 200 when informational answers come first', async () => {
      const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
      rawAnswer = (socket) => void socket.end(`${early}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}`);
      const response = await call('logging/stats');
      expect([response.status, response.headers.get('link')]).toEqual([200, null]);
    });

    it('is whole when the end of the connection is the end of the answer', async () => {
      rawAnswer = (socket) => void socket.end('HTTP/1.0 200 OK\r\n\r\n{"until":"closed"}');
      expect(await (await call('logging/stats')).json()).toEqual({ until: 'closed' });
    });
  });
});
