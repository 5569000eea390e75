import type { DatabaseConnection } from '@tidegate/config';
import { Pool, type ClientConfig } from 'pg';

export interface PoolOptions {
  readonly connection: DatabaseConnection;
  /** Shown in `pg_stat_activity`, so that a person on call sees whose connection it is. */
  readonly applicationName: string;
  /** Connections at most. @default 10 */
  readonly size?: number;
  /** How long to wait for a connection, free or new. @default 3000 */
  readonly connectTimeoutMs?: number;
  /** Longest run of one statement; 0 means no limit. @default 10000 */
  readonly statementTimeoutMs?: number;
  /**
   * Told when the connection of a client breaks outside a query (server restarted, connection cut). The pool has
   * already dropped the client; a query that was running rejects by itself.
   */
  readonly onConnectionLost?: (error: Error) => void;
}

/** The server ends an overlong statement itself; the client gives up only when the server stays silent. */
const SILENT_SERVER_MARGIN_MS = 2000;

/** A pool whose broken connections never end the process. Nothing is connected until the first query. */
export function createPool(options: PoolOptions): Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 10_000;
  const limits =
    statementTimeoutMs === 0
      ? {}
      : {
          statement_timeout: statementTimeoutMs,
          query_timeout: statementTimeoutMs + SILENT_SERVER_MARGIN_MS,
          // A transaction whose owner hangs must not hold its locks for ever.
          idle_in_transaction_session_timeout: statementTimeoutMs,
        };
  const pool = new Pool({
    ...clientConfig(options.connection),
    application_name: options.applicationName,
    max: options.size ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 3000,
    keepAlive: true,
    ...limits,
  });
  const onLost = options.onConnectionLost ?? ((): void => undefined);
  pool.on('error', onLost);
  // The pool listens only to idle clients; one that is taken would throw its error at the whole process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** `connection` as the `pg` client wants it. */
export function clientConfig(connection: DatabaseConnection): ClientConfig {
  if ('url' in connection) return { connectionString: connection.url };
  const { ca, ...address } = connection;
  // With `ca` the client speaks TLS only and checks who signed the certificate and that it is for `host`.
  return ca === undefined ? address : { ...address, ssl: { ca, rejectUnauthorized: true } };
}
