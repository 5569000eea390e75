import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@tidegate/clock';
import type { PredictionEvent } from '@tidegate/schemas';
import { EventBlock } from './event-block';
import { HttpTransport } from './http-transport';

const parsed: PredictionEvent = {
  id: 'a',
  timestamp: '2026-01-01T00:00:00Z',
  model: 'digits',
  version: '1',
  outputs: 3,
};
const event = Buffer.from(JSON.stringify(parsed));
const one = EventBlock.of([event]);

describe('HttpTransport', () => {
  let server: Server;
  let url: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  function answering(status: number, body: unknown, headers: Record<string, string> = {}): void {
    answer = (request, response) => {
      request.resume();
      response.writeHead(status, headers).end(JSON.stringify(body));
    };
  }

  it('posts an array with the token of the services and reads what became of each event', async () => {
    const received: unknown[] = [];
    answer = (request, response) => {
      received.push(request.method, request.url, request.headers['x-tidegate-internal-token']);
      request.on('data', (chunk: Buffer) => received.push(JSON.parse(chunk.toString())));
      const results = [{ id: 'a', status: 'rejected', reason: 'too old' }];
      const body = JSON.stringify({ stored: 0, duplicates: 0, rejected: 1, results });
      request.on('end', () => response.writeHead(201).end(body));
    };

    const delivery = await new HttpTransport({ url: `${url}/`, internalToken: 'secret' }, systemClock).send(
      one,
      signal,
    );

    expect(received).toEqual(['POST', '/log', 'secret', [parsed]]);
    expect(delivery).toEqual({
      kind: 'accepted',
      stored: 0,
      duplicates: 0,
      rejected: 1,
      rejectedIndexes: [0],
      reason: 'too old',
    });
  });

  it.each([
    ['the log itself', { stored: 1, duplicates: 2, spooled: 3, rejected: 0, results: [] }],
    ['an earlier one', { stored: 4, duplicates: 2, rejected: 0, results: [] }],
    ['another program', { results: [], rejected: 0, spooled: 4, duplicates: 2, stored: 0, note: 1 }],
  ])('reads the totals as written by %s, and believes them only when they are complete', async (_, body) => {
    answering(202, body);
    const transport = new HttpTransport({ url }, systemClock);
    const stored = body.stored + ('spooled' in body ? body.spooled : 0);
    const six = EventBlock.of(Array<Buffer>(6).fill(event));
    expect(await transport.send(six, signal)).toEqual({
      kind: 'accepted',
      stored,
      duplicates: 2,
      rejected: 0,
    });
    expect(await transport.send(one, signal)).toMatchObject({ kind: 'unavailable' });
  });

  it('takes away for unavailable what may pass later, and for refused what cannot', async () => {
    const transport = new HttpTransport({ url }, systemClock);

    answering(503, { code: 'DATABASE_UNAVAILABLE' }, { 'retry-after': '7' });
    expect(await transport.send(one, signal)).toMatchObject({ kind: 'unavailable', retryAfterMs: 7000 });
    answering(401, { code: 'INTERNAL_TOKEN_REQUIRED' });
    expect(await transport.send(one, signal)).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('INTERNAL_TOKEN_REQUIRED') as string,
    });
    answering(200, { hello: 'from another service' });
    expect(await transport.send(one, signal)).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('check LOGGING_URL') as string,
    });
    answering(413, {});
    expect(await transport.send(one, signal)).toMatchObject({ kind: 'too-large' });
    answering(400, {});
    expect(await transport.send(one, signal)).toMatchObject({ kind: 'refused' });
  });

  it('is unavailable when nothing listens, when no answer comes and when it is told to stop', async () => {
    const silent = new HttpTransport({ url, timeoutMs: 50 }, systemClock);
    answer = (request) => request.resume();
    expect(await silent.send(one, signal)).toEqual({
      kind: 'unavailable',
      reason: `POST ${url}/log: no answer within 50 ms`,
    });
    expect(await silent.send(one, AbortSignal.abort())).toEqual({
      kind: 'unavailable',
      reason: `POST ${url}/log: given up`,
    });

    const refused = new HttpTransport({ url: 'http://127.0.0.1:1' }, systemClock);
    expect(await refused.send(one, signal)).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('ECONNREFUSED') as string,
    });
  });
});
