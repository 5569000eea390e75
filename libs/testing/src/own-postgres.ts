import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '@tidegate/local-parts';

/** A PostgreSQL server of the test's own, which it may stop, crash and start again. */
export interface OwnPostgres {
  /** Superuser URL; the same after a restart. */
  readonly adminUrl: string;
  readonly port: number;
  /** Makes an empty database and returns its URL. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
  /** Ends the server the way a power cut does. */
  crash(): Promise<void>;
  /** Starts it again with its data, on the same port. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** Starts a throw-away server (about 1.5 s); remember to `remove()` it. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-postgres-'));
  // Started as root, the server runs under another account, which must be able to enter.
  await chmod(folder, 0o711);
  const settings = {
    dataDir: path.join(folder, 'data'),
    logFile: path.join(folder, 'postgres.log'),
    superuserPassword: randomBytes(12).toString('hex'),
    durable: false,
  };
  let server = await startPostgres({ ...settings, port: 0 });
  const { url, port } = server;
  return {
    adminUrl: url,
    port,
    createDatabase: (name) => server.createDatabase(name),
    stop: () => server.stop(),
    crash: () => server.process.stop({ signal: 'SIGKILL' }),
    start: async () => {
      server = await startPostgres({ ...settings, port });
    },
    remove: async () => {
      await server.stop({ immediate: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
