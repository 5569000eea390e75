import { isNativeError } from 'node:util/types';
import { DatabaseError } from 'pg';

/**
 * The database cannot take this now, but the same request may succeed later: it is away, starting, read-only, full, out
 * of connections, refuses the login, cannot be trusted (TLS), or the statement lost against a timeout or a lock.
 *
 * When the connection broke during a commit it is unknown whether the change was made: repeat only what may be repeated.
 */
export class DatabaseUnavailable extends Error {
  readonly code = 'DATABASE_UNAVAILABLE';

  constructor(
    /** SQLSTATE, the error code of Node or OpenSSL (`ECONNREFUSED`), `TLS_NOT_OFFERED` or `CONNECTION_LOST`. */
    readonly causeCode: string,
    cause: Error,
  ) {
    super(`The database is not available (${causeCode}): ${cause.message}`, { cause });
    this.name = 'DatabaseUnavailable';
  }
}

/** SQLSTATE classes: https://www.postgresql.org/docs/15/errcodes-appendix.html */
const TRANSIENT_CLASSES: ReadonlySet<string> = new Set([
  '08', // connection exception
  '28', // login refused: a password being rotated
  '40', // rolled back: deadlock, serialization failure
  '53', // out of disk, memory or connections
  '57', // stopped by an operator, starting up, statement timeout
  '58', // input/output error of the server
]);
const TRANSIENT_STATES: ReadonlySet<string> = new Set([
  '25006', // read-only: a replica after a failover
  '25P03', // the server ended a transaction that was idle for too long
  '3D000', // the database does not exist (yet)
  '55P03', // lock not available
]);
const NETWORK_CODES: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);
/** OpenSSL's and Node's reasons not to trust a server: the wrong authority, the wrong name, a certificate out of date. */
const TLS_CODES = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_)/;
/** Failures `pg` and its pool report by message only. */
const CONNECTION_MESSAGES =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed)/;
const NO_TLS_MESSAGE = 'The server does not support SSL connections';

/** `error` as {@link DatabaseUnavailable} when it is one, else undefined: then it is a bug or refused data. */
export function unavailabilityOf(error: unknown): DatabaseUnavailable | undefined {
  if (error instanceof DatabaseUnavailable) return error;
  if (!isNativeError(error)) return undefined;
  const { code } = error as { code?: unknown };
  if (error instanceof DatabaseError) {
    const state = error.code ?? '';
    const isTransient = TRANSIENT_CLASSES.has(state.slice(0, 2)) || TRANSIENT_STATES.has(state);
    return isTransient ? new DatabaseUnavailable(state, error) : undefined;
  }
  if (typeof code === 'string' && (NETWORK_CODES.has(code) || TLS_CODES.test(code)))
    return new DatabaseUnavailable(code, error);
  if (error.message === NO_TLS_MESSAGE) return new DatabaseUnavailable('TLS_NOT_OFFERED', error);
  return CONNECTION_MESSAGES.test(error.message)
    ? new DatabaseUnavailable('CONNECTION_LOST', error)
    : undefined;
}

/** Runs `work`; a failure that {@link unavailabilityOf} knows is thrown as {@link DatabaseUnavailable}. */
export async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unavailabilityOf(error) ?? error;
  }
}
