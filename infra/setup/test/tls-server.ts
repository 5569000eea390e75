import path from 'node:path';
import { makeServerCertificate, startOwnPostgres } from '@tidegate/testing';
import { Client } from 'pg';

/** The administrator as RDS makes it: no superuser. The quote and blank must survive every way a password takes. */
export const MASTER = { username: 'master', password: "master's pass word" };

export interface TlsServer {
  readonly port: number;
  /** Authority of the server, which is known as `localhost`. */
  readonly caFile: string;
  /** An authority the server knows nothing of. */
  readonly otherCaFile: string;
  /** Every statement the server was sent is in here. */
  readonly logFile: string;
  asSuperuser<Row extends object>(statement: string, database?: string): Promise<Row[]>;
  remove(): Promise<void>;
}

/** A PostgreSQL server of the test's own that speaks TLS and logs every statement. */
export async function startTlsServer(): Promise<TlsServer> {
  const server = await startOwnPostgres();
  const asSuperuser = async <Row extends object>(
    statement: string,
    database = 'postgres',
  ): Promise<Row[]> => {
    const url = new URL(server.adminUrl);
    url.pathname = `/${database}`;
    return query<Row>({ connectionString: url.href }, statement);
  };
  const [{ data_directory: dataDir } = { data_directory: '' }] = await asSuperuser<{
    data_directory: string;
  }>('SHOW data_directory');
  const { file: caFile, keyFile } = await makeServerCertificate(dataDir, 'server');
  const { file: otherCaFile } = await makeServerCertificate(dataDir, 'other');
  const settings = {
    ssl_cert_file: caFile,
    ssl_key_file: keyFile,
    ssl: 'on',
    log_statement: 'all',
  };
  for (const [name, value] of Object.entries(settings))
    await asSuperuser(`ALTER SYSTEM SET ${name} = '${value}'`);
  await server.stop();
  await server.start();
  const { username, password } = MASTER;
  await asSuperuser(
    `CREATE ROLE ${username} LOGIN CREATEROLE CREATEDB PASSWORD '${password.replace("'", "''")}'`,
  );
  const logFile = path.join(path.dirname(dataDir), 'postgres.log');
  return { port: server.port, caFile, otherCaFile, logFile, asSuperuser, remove: () => server.remove() };
}

export async function query<Row extends object>(
  config: ConstructorParameters<typeof Client>[0],
  statement: string,
): Promise<Row[]> {
  const client = new Client(config);
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}
