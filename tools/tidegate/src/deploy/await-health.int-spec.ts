import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { FakeClock } from '@tidegate/testing';
import { awaitHealth } from './await-health';

describe('waiting for the health of what was deployed', () => {
  let server: Server;
  let answers: string[];

  beforeEach(async () => {
    server = createServer((_request, response) =>
      response.end(answers.length > 1 ? answers.shift() : answers[0]),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function waitFor(url: string): Promise<{ waitedMs: number; notes: string[] }> {
    const clock = new FakeClock();
    const [startMs, notes] = [clock.monotonicMs(), [] as string[]];
    const sleep = (durationMs: number): Promise<void> => clock.advance(durationMs);
    await awaitHealth(url, { clock, sleep, note: (line) => notes.push(line) });
    return { waitedMs: clock.monotonicMs() - startMs, notes };
  }
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  it('ends when all is well, and tells each answer once', async () => {
    answers = [
      '<html>503',
      '{"status":"degraded"}',
      '{"status":"degraded"}',
      '{"status":"healthy","services":{}}',
    ];
    const url = address();
    expect(await waitFor(url)).toEqual({
      waitedMs: 15_000,
      notes: [`  ${url}/health: HTTP 200 <html>503`, `  ${url}/health: HTTP 200 {"status":"degraded"}`],
    });
  });

  it('ends after five minutes when something is not well, or nobody answers', async () => {
    answers = ['{"status":"degraded"}'];
    const url = address();
    expect((await waitFor(url)).waitedMs).toBe(300_000);
    server.closeAllConnections();
    server.close();
    const { waitedMs, notes } = await waitFor(url);
    expect(waitedMs).toBe(300_000);
    expect(notes.at(-1)).toBe(`  ${url}/health: no answer (ECONNREFUSED)`);
  });
});
