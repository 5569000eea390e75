import { databaseSettings, loadConfig, type DatabaseConnection } from '@tidegate/config';
import {
  makeServerCertificate,
  startOwnPostgres,
  type ServerCertificate,
  type OwnPostgres,
} from '@tidegate/testing';
import { checkDatabase, createPool, orUnavailable } from '.';

describe('TLS with a real server', () => {
  let server: OwnPostgres;
  let dataDir: string;
  let right: ServerCertificate;
  let wrong: ServerCertificate;

  async function asAdmin(...statements: string[]): Promise<Record<string, string>[]> {
    const pool = createPool({ connection: { url: server.adminUrl }, applicationName: 'test' });
    try {
      const results = [];
      for (const statement of statements) results.push(await pool.query<Record<string, string>>(statement));
      return results.flatMap(({ rows }) => rows);
    } finally {
      await pool.end();
    }
  }

  /** Returns when new connections see it: a server re-reads its settings in its own time. */
  async function speakTls(state: 'on' | 'off'): Promise<void> {
    await asAdmin(`ALTER SYSTEM SET ssl = ${state}`, 'SELECT pg_reload_conf()');
    while ((await asAdmin('SHOW ssl'))[0]?.['ssl'] !== state);
  }

  /** The connection as a service would read it from this environment; the parts of the administrator are given. */
  function connectionOf(environment: Record<string, string>): DatabaseConnection {
    const { password, port } = new URL(server.adminUrl);
    const parts = { DATABASE_PORT: port, DATABASE_NAME: 'postgres', DATABASE_USER: 'postgres' };
    const complete = { ...parts, DATABASE_HOST: 'localhost', DATABASE_PASSWORD: password, ...environment };
    return loadConfig('test', { database: databaseSettings('The database.') }, complete).database;
  }

  async function isEncrypted(connection: DatabaseConnection): Promise<unknown> {
    const pool = createPool({ connection, applicationName: 'test' });
    try {
      const own = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
      return (await orUnavailable(() => pool.query<{ ssl: boolean }>(own))).rows[0]?.ssl;
    } finally {
      await pool.end();
    }
  }

  beforeAll(async () => {
    server = await startOwnPostgres();
    [{ data_directory: dataDir = '' } = {}] = await asAdmin('SHOW data_directory');
    right = await makeServerCertificate(dataDir, 'right');
    wrong = await makeServerCertificate(dataDir, 'wrong');
    await asAdmin(
      `ALTER SYSTEM SET ssl_cert_file = '${right.file}'`,
      `ALTER SYSTEM SET ssl_key_file = '${right.keyFile}'`,
    );
    await speakTls('on');
  }, 120_000);
  afterAll(() => server.remove(), 120_000);

  it('speaks it with a server that the authority vouches for by that name', async () => {
    expect(await isEncrypted(connectionOf({ DATABASE_CA_FILE: right.file }))).toBe(true);
    expect(await isEncrypted(connectionOf({}))).toBe(false);
  });

  it('refuses a server that another authority vouches for', async () => {
    await expect(isEncrypted(connectionOf({ DATABASE_CA_FILE: wrong.file }))).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      causeCode: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  it('refuses a server whose certificate is for another name', async () => {
    const connection = connectionOf({ DATABASE_CA_FILE: right.file, DATABASE_HOST: '127.0.0.1' });
    await expect(isEncrypted(connection)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      causeCode: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('takes the same settings in a URL', async () => {
    const url = new URL(server.adminUrl);
    url.hostname = 'localhost';
    url.search = `?sslmode=verify-full&sslrootcert=${right.file}`;
    expect(await isEncrypted({ url: url.href })).toBe(true);
    url.search = `?sslmode=verify-full&sslrootcert=${wrong.file}`;
    await expect(isEncrypted({ url: url.href })).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('refuses a server that only speaks plain text, and is well again when it speaks TLS', async () => {
    const connection = connectionOf({ DATABASE_CA_FILE: right.file });
    const pool = createPool({ connection, applicationName: 'test' });
    await speakTls('off');
    await expect(isEncrypted(connection)).rejects.toMatchObject({ causeCode: 'TLS_NOT_OFFERED' });
    expect(await checkDatabase(pool, new AbortController().signal)).toMatchObject({ status: 'unhealthy' });
    await speakTls('on');
    expect(await checkDatabase(pool, new AbortController().signal)).toEqual({ status: 'healthy' });
    await pool.end();
  });
});
