import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '@tidegate/local-parts';
import { processTree, signalTree } from './process-tree';

/** A PostgreSQL server of the test's own, which it may stop, crash and start again. */
export interface OwnPostgres {
  /** Superuser URL; the same after a restart. */
  readonly adminUrl: string;
  readonly port: number;
  /** Makes an empty database and returns its URL. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
  /** Ends the server and all its backends with SIGKILL, the way a power cut does. */
  crash(): Promise<void>;
  /** Ends one of its backends with SIGKILL; the server then ends all others and recovers by itself. */
  killBackend(random: () => number): void;
  /** Stops every process of the server in its tracks: connections stay open, and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Starts it again with its data, on the same port, unless it runs. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

export interface OwnPostgresOptions {
  /** With fsync and synchronous commits, for tests of what survives a crash. @default false */
  readonly durable?: boolean;
}

/** Starts a throw-away server (about 1.5 s); remember to `remove()` it. */
export async function startOwnPostgres(options: OwnPostgresOptions = {}): Promise<OwnPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-postgres-'));
  // Started as root, the server runs under another account, which must be able to enter.
  await chmod(folder, 0o711);
  const settings = {
    dataDir: path.join(folder, 'data'),
    logFile: path.join(folder, 'postgres.log'),
    superuserPassword: randomBytes(12).toString('hex'),
    durable: options.durable ?? false,
  };
  let server = await startPostgres({ ...settings, port: 0 });
  const { url, port } = server;
  return {
    adminUrl: url,
    port,
    createDatabase: (name) => server.createDatabase(name),
    stop: () => server.stop(),
    crash: async () => {
      signalTree(server.pid, 'SIGKILL');
      await server.process.stop({ signal: 'SIGKILL' });
    },
    killBackend: (random) => {
      const backends = processTree(server.pid).slice(1);
      const pid = backends[Math.floor(random() * backends.length)];
      if (pid !== undefined) killIfThere(pid);
    },
    freeze: () => signalTree(server.pid, 'SIGSTOP'),
    thaw: () => signalTree(server.pid, 'SIGCONT'),
    start: async () => {
      if (server.process.exit) server = await startPostgres({ ...settings, port });
    },
    remove: async () => {
      signalTree(server.pid, 'SIGCONT');
      await server.stop({ immediate: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
