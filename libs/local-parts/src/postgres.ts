import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { startProcess, waitUntilReady, type ManagedProcess } from './child-process';
import { hostEnvironment } from './host-environment.config';
import type { Account } from './launch-command';
import { LocalPartError } from './local-part-error';
import { findFreePort } from './ports';
import { accountReaching, unprivilegedAccount } from './postgres-account';
import { preparePostgresBinaries } from './postgres-binaries';
import { clearStaleLock, ensureDataDir } from './postgres-data-dir';
import { createDatabase, databaseUrl, dropDatabase, type DatabaseOwner } from './postgres-databases';

const READY_TIMEOUT_MS = 60_000;

export interface PostgresOptions {
  /** Made and initialised when missing. */
  dataDir: string;
  /** Port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** Of the account `postgres`; fixed when the data folder is made. */
  superuserPassword: string;
  logFile: string;
  /** False turns fsync off: faster, for tests whose data may be lost with the machine. Default true. */
  durable?: boolean;
}

export interface LocalPostgres {
  /** Superuser URL of the database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly process: ManagedProcess;
  /** Superuser URL of another database. */
  databaseUrl(name: string): string;
  /** See {@link createDatabase}. */
  createDatabase(name: string, owner?: DatabaseOwner): Promise<string>;
  /** See {@link dropDatabase}. */
  dropDatabase(name: string): Promise<void>;
  /** Cuts connections and ends cleanly; `immediate` ends like a crash, so that the next start recovers. */
  stop(options?: { immediate?: boolean }): Promise<void>;
}

/**
 * Starts a real PostgreSQL 15 from npm, reachable over TCP on 127.0.0.1 only.
 *
 * @throws LocalPartError `POSTGRES_MISSING`, `ACCOUNT_MISSING`, `DATA_DIR_UNREACHABLE`, `DATA_DIR_IN_USE`,
 *   `WRONG_PASSWORD` or `START_FAILED`
 */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const binaries = await preparePostgresBinaries();
  const dataDir = path.resolve(options.dataDir);
  await mkdir(path.dirname(dataDir), { recursive: true });
  const unprivileged = await unprivilegedAccount();
  const account =
    unprivileged && (await accountReaching(unprivileged, binaries.postgres, path.dirname(dataDir)));
  const { superuserPassword, durable = true } = options;
  await ensureDataDir({ dataDir, initdb: binaries.initdb, superuserPassword, durable, account });
  await clearStaleLock(dataDir);

  const port = options.port === 0 ? await findFreePort() : options.port;
  const server = await startServer(binaries.postgres, { ...options, dataDir, port, durable }, account);
  const url = `postgresql://postgres:${encodeURIComponent(superuserPassword)}@127.0.0.1:${port}/postgres`;
  await waitUntilReady(server, () => answers(url, server), READY_TIMEOUT_MS);
  return {
    url,
    port,
    pid: server.pid,
    process: server,
    databaseUrl: (name) => databaseUrl(url, name),
    createDatabase: (name, owner) => createDatabase(url, name, owner),
    dropDatabase: (name) => dropDatabase(url, name),
    stop: ({ immediate = false } = {}) => server.stop(immediate ? { signal: 'SIGQUIT' } : {}),
  };
}

function startServer(
  postgres: string,
  { dataDir, port, durable, logFile }: Required<Omit<PostgresOptions, 'superuserPassword'>>,
  account: Account | undefined,
): Promise<ManagedProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return startProcess({
    name: 'PostgreSQL',
    command: postgres,
    args: ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: hostEnvironment(['PG', 'LC_', 'LANG']),
    cwd: dataDir,
    logFile,
    // Fast shutdown: SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    account,
  });
}

async function answers(url: string, server: ManagedProcess): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') return false;
    await server.stop();
    throw new LocalPartError(
      'WRONG_PASSWORD',
      'PostgreSQL refuses the superuser password: its data folder was made with another one. ' +
        'Start with that password, or remove the data folder (its data is lost).',
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
