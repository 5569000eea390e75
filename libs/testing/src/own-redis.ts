import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findRedisServer, startRedis } from '@tidegate/local-parts';

/** A Redis of the test's own, which it may crash, halt and start again. It keeps nothing on disk. */
export interface OwnRedis {
  /** The same after a restart. */
  readonly url: string;
  /** Ends the server the way a power cut does. */
  crash(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
  /** The server keeps its connections and says nothing any more, until `resume`. */
  halt(): void;
  resume(): void;
  /** Stops it and removes its files. */
  remove(): Promise<void>;
}

/** Starts a throw-away server (0.1 s); remember to `remove()` it. Needs a redis-server on PATH. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const redisServer = await findRedisServer();
  if (redisServer === undefined)
    throw new Error('There is no redis-server on PATH. Expected the program of the package redis-server.');
  const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-redis-'));
  const settings = { redisServer, dataDir: folder, logFile: path.join(folder, 'redis.log') };
  let server = await startRedis({ ...settings, port: 0 });
  const { url, port } = server;
  return {
    url,
    crash: () => server.process.stop({ signal: 'SIGKILL' }),
    start: async () => {
      server = await startRedis({ ...settings, port });
    },
    halt: () => void process.kill(server.pid, 'SIGSTOP'),
    resume: () => void process.kill(server.pid, 'SIGCONT'),
    remove: async () => {
      await server.process.stop({ signal: 'SIGKILL' });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
