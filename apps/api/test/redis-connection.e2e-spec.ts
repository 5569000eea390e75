import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { startOwnRedis, type OwnRedis } from '@tidegate/testing';
import { RedisConnection } from '../src/redis/redis-connection';

/** Passes connections on to a server; those there are can be silenced without being closed, as a lost route does. */
async function startRelay(target: string) {
  const sockets = new Set<Socket>();
  const server = createServer((caller) => {
    const callee = connect(Number(new URL(target).port), '127.0.0.1');
    for (const socket of [caller, callee]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => caller.destroy() && callee.destroy());
    }
    caller.pipe(callee).pipe(caller);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    silence: () => sockets.forEach((socket) => socket.unpipe().resume()),
    stop: () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}

describe('the connection to Redis', () => {
  let redis: OwnRedis;

  beforeAll(async () => {
    redis = await startOwnRedis();
  });
  afterAll(() => redis?.remove());

  it('is made anew when it has gone silent without being closed', async () => {
    const relay = await startRelay(redis.url);
    const connection = new RedisConnection(relay.url);
    try {
      expect(await connection.check()).toEqual({ status: 'healthy' });
      relay.silence();
      await expect(connection.check()).rejects.toThrow('Command timed out');
      expect(await eventuallyHealthy(connection)).toBe(true);
    } finally {
      connection.onApplicationShutdown();
      relay.stop();
    }
  });

  it('says why there is none, and comes back by itself', async () => {
    const connection = new RedisConnection(redis.url);
    try {
      await connection.check();
      await redis.crash();
      await expect(connection.check()).rejects.toThrow(/lost|ECONNREFUSED|closed/i);
      await redis.start();
      expect(await eventuallyHealthy(connection)).toBe(true);
    } finally {
      connection.onApplicationShutdown();
    }
  });

  async function eventuallyHealthy(connection: RedisConnection): Promise<boolean> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const isHealthy = await connection.check().then(
        () => true,
        () => false,
      );
      if (isHealthy) return true;
      await wait(100);
    }
    return false;
  }
});
