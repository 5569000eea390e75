import { setTimeout as delay } from 'node:timers/promises';
import { clientConfig, unavailabilityOf, type DatabaseUnavailable } from '@tidegate/database';
import { Client, DatabaseError } from 'pg';
import { connectionFailure, mayPass, type DatabaseServer } from './connection-failure';
import type { Login } from './secret-store';
import { SetUpError } from './set-up-error';
import type { Say } from './set-up';

/** Every PostgreSQL server has it, and an advisory lock holds within one database only. */
const MAINTENANCE_DATABASE = 'postgres';
const ATTEMPT_TIMEOUT_MS = 5_000;
const RETRY_MS = 1_000;
const LONGEST_TURN_MINUTES = 15;
const LOCK = 'tidegate set-up';
const LOCK_NOT_AVAILABLE = '55P03';

export interface MasterServer extends DatabaseServer {
  readonly ca: string;
  /** How long to try again while the server does not answer. */
  readonly databaseWaitMs: number;
}

/**
 * Logs in as the administrator.
 *
 * @throws SetUpError `DATABASE_…`: at once when trying again cannot help, else after `databaseWaitMs`
 */
export async function connectAsMaster(server: MasterServer, login: Login, say: Say): Promise<Client> {
  const deadlineMs = performance.now() + server.databaseWaitMs;
  for (let attempt = 1; ; attempt += 1) {
    const result = await tryToConnect(server, login);
    if (result instanceof Client) {
      say(`connected to ${server.host}:${server.port} as "${login.username}", TLS verified`);
      return result;
    }
    const isLast = !mayPass(result) || performance.now() + RETRY_MS > deadlineMs;
    if (isLast) throw connectionFailure(result, server, login.username);
    if (attempt === 1)
      say(`waiting for ${server.host}:${server.port}, which does not answer yet (${result.causeCode})`);
    await delay(RETRY_MS);
  }
}

async function tryToConnect(server: MasterServer, login: Login): Promise<Client | DatabaseUnavailable> {
  const { host, port, ca } = server;
  const { username: user, password } = login;
  const client = new Client({
    ...clientConfig({ host, port, ca, user, password, database: MAINTENANCE_DATABASE }),
    application_name: 'tidegate-setup',
    connectionTimeoutMillis: ATTEMPT_TIMEOUT_MS,
    keepAlive: true,
  });
  // A connection that breaks makes the next query fail; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    const failure = unavailabilityOf(error);
    if (failure === undefined) throw error;
    return failure;
  }
}

/**
 * Waits until no other set-up of this server runs. The turn ends with the connection, so also when this process is
 * killed.
 *
 * @throws SetUpError `SET_UP_BUSY`
 */
export async function takeTurn(master: Client, say: Say): Promise<void> {
  const { rows } = await master.query<{ taken: boolean }>(
    'SELECT pg_try_advisory_lock(hashtext($1)) AS taken',
    [LOCK],
  );
  if (rows[0]?.taken === true) return;
  say('waiting for another set-up, which runs now');
  await master.query(`SET lock_timeout = '${LONGEST_TURN_MINUTES}min'`);
  try {
    await master.query('SELECT pg_advisory_lock(hashtext($1))', [LOCK]);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== LOCK_NOT_AVAILABLE) throw error;
    throw new SetUpError(
      'SET_UP_BUSY',
      `Another set-up has been running for ${LONGEST_TURN_MINUTES} minutes, expected one to take seconds. Look at its log and stop its task, then run this again.`,
      error,
    );
  }
}
