import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Scenario } from '../scenario';
import type { Target } from '../target';
import { openLoop } from './open-loop';

const SCENARIO: Scenario = { label: 'any', method: 'POST', path: '/', body: '[1]', headers: {} };

describe('open loop', () => {
  let server: Server;

  async function listen(answer: (response: ServerResponse) => void): Promise<Target> {
    server = createServer((request, response) => {
      request.resume().once('end', () => answer(response));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    return { label: 'server', url: `http://127.0.0.1:${port}`, pid: process.pid, headers: {} };
  }

  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  it('does not wait for slow answers before it sends what is due', async () => {
    const waiting: ServerResponse[] = [];
    // Answers nobody until all three are there.
    const target = await listen((response) => {
      waiting.push(response);
      if (waiting.length === 3) for (const one of waiting) one.end('ok');
    });
    expect(await openLoop(target, SCENARIO, [0, 1, 2])).toMatchObject({ accepted: 3, failed: 0 });
  });

  it('counts latency from when a request was due, not from when it was late sent', async () => {
    const target = await listen((response) => response.end('ok'));
    const { tookMs } = await openLoop(target, SCENARIO, [-60_000]);
    expect(tookMs[0]).toBeGreaterThan(60_000);
  });

  it('tells refusals from failures and leaves both out of the latencies', async () => {
    const statuses = [200, 429, 500, 429];
    const target = await listen((response) => {
      const status = statuses.shift();
      if (status === undefined) response.destroy();
      else response.writeHead(status).end('why');
    });
    const outcomes = await openLoop(target, SCENARIO, [0, 1, 2, 3, 4]);
    expect(outcomes).toMatchObject({ accepted: 1, refused: 2, failed: 2 });
    expect(outcomes.tookMs).toHaveLength(1);
    expect(outcomes.problems).toEqual([expect.stringContaining('500 why'), expect.stringContaining('Error')]);
  });
});
