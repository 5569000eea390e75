import { setTimeout as wait } from 'node:timers/promises';
import { systemClock, type Clock } from '@tidegate/clock';
import { FakeClock, startOwnRedis, type OwnRedis } from '@tidegate/testing';
import { Redis } from 'ioredis';
import { Limiter } from '../src/limits/limiter';
import { SharedCounts } from '../src/limits/shared-counts';

describe('a limit that processes keep together', () => {
  let server: OwnRedis;
  const clients: Redis[] = [];

  beforeAll(async () => {
    server = await startOwnRedis();
  });
  afterEach(() => clients.splice(0).forEach((client) => client.disconnect()));
  afterAll(() => server?.remove());

  async function connect(): Promise<Redis> {
    const client = new Redis(server.url, { lazyConnect: true });
    await client.connect();
    clients.push(client);
    return client;
  }

  async function processWith(name: string, requests: number, clock: Clock = systemClock): Promise<Limiter> {
    // By this clock no answer of Redis is too late, however busy the machine is.
    const shared = new SharedCounts(await connect(), new FakeClock(), 'test');
    return new Limiter(name, { requests, perSeconds: 3_600 }, shared, clock);
  }

  async function send(limiter: Limiter, count: number): Promise<number> {
    const verdicts = await Promise.all(Array.from({ length: count }, () => limiter.consume('key')));
    return verdicts.filter(({ isAllowed }) => isAllowed).length;
  }

  /** Waits until Redis has counted as many. */
  async function untilCounted(name: string, expected: number): Promise<void> {
    const client = await connect();
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (Number(await client.get(`test:limit:${name}:key`)) >= expected) return;
      await wait(10);
    }
    throw new Error(`Redis did not count ${expected} requests within 2 s`);
  }

  it('costs Redis one command for many requests while it is far away, and Redis knows them all', async () => {
    const limiter = await processWith('far', 1_000_000);
    expect(await send(limiter, 1_000)).toBe(1_000);
    await untilCounted('far', 1_000);
    const calls = /cmdstat_incrby:calls=(\d+)/.exec(await (await connect()).info('commandstats'))?.[1];
    expect(Number(calls)).toBe(1);
  });

  it('is exact for a small number, however the requests are spread', async () => {
    const processes = [await processWith('small', 50), await processWith('small', 50)];
    const letIn = await Promise.all(processes.map((limiter) => send(limiter, 40)));
    expect(letIn.reduce((sum, count) => sum + count)).toBe(50);
  });

  it('is exact for a larger one, too: near it both know what the other let in', async () => {
    // Whose clock stands still tells Redis by number only.
    const clock = new FakeClock();
    const [one, other] = [await processWith('larger', 400, clock), await processWith('larger', 400, clock)];
    let letIn = 0;
    for (let round = 0; round < 25; round += 1) {
      for (const limiter of [one, other]) letIn += await send(limiter, 10);
      await untilCounted('larger', letIn);
    }
    expect(letIn).toBe(400);
    expect(await one.consume('key')).toMatchObject({ isAllowed: false, remaining: 0 });
  });

  it('holds in a process that has only just started', async () => {
    await send(await processWith('restart', 50), 50);
    expect(await send(await processWith('restart', 50), 1)).toBe(0);
  });
});
