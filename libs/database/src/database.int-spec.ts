import { startOwnPostgres, type OwnPostgres } from '@tidegate/testing';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { checkDatabase, createPool, DatabaseUnavailable, inTransaction, isRefusedData, migrate } from '.';
import type { Migrations, PoolOptions } from '.';

const never = new AbortController().signal;

describe('the database lib on a real PostgreSQL', () => {
  let server: OwnPostgres;
  let databases = 0;
  const pools: Pool[] = [];
  const newDatabase = (): Promise<string> => server.createDatabase(`lib_${(databases += 1)}`);
  const newPool = (url: string, options: Partial<PoolOptions> = {}): Pool => {
    const pool = createPool({ connection: { url }, applicationName: 'database-test', ...options });
    pools.push(pool);
    return pool;
  };

  beforeAll(async () => {
    server = await startOwnPostgres();
  }, 120_000);
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await server.remove();
  }, 120_000);

  describe('migrate', () => {
    it('runs each migration once when five processes start at the same time', async () => {
      const url = await newDatabase();
      const migrations: Migrations = {
        '0001-things': { up: async (db) => void (await sql`CREATE TABLE things (name text)`.execute(db)) },
        '0002-first': { up: async (db) => void (await sql`INSERT INTO things VALUES ('one')`.execute(db)) },
      };
      const runs = await Promise.all(
        Array.from({ length: 5 }, () =>
          migrate({ connection: { url }, applicationName: 'test', migrations }),
        ),
      );
      expect(runs.flat().sort()).toEqual(['0001-things', '0002-first']);
      expect((await newPool(url).query('SELECT name FROM things')).rows).toEqual([{ name: 'one' }]);
    });

    it('changes nothing when one of the migrations fails', async () => {
      const url = await newDatabase();
      const migrations: Migrations = {
        '0001-good': { up: async (db) => void (await sql`CREATE TABLE good (name text)`.execute(db)) },
        '0002-bad': { up: async (db) => void (await sql`CREATE TABLE bad (name nonsense)`.execute(db)) },
      };
      await expect(migrate({ connection: { url }, applicationName: 'test', migrations })).rejects.toThrow(
        /nonsense/,
      );
      const { rows } = await newPool(url).query(`SELECT to_regclass('good') AS found`);
      expect(rows).toEqual([{ found: null }]);
    });

    it('starts an older version on the schema of a newer one, as after a roll-back', async () => {
      const url = await newDatabase();
      const first: Migrations = {
        '0001-a': { up: async (db) => void (await sql`CREATE TABLE a (x int)`.execute(db)) },
      };
      const second: Migrations = {
        ...first,
        '0002-b': { up: async (db) => void (await sql`ALTER TABLE a ADD y int`.execute(db)) },
      };
      await migrate({ connection: { url }, applicationName: 'test', migrations: second });
      expect(await migrate({ connection: { url }, applicationName: 'test', migrations: first })).toEqual([]);
    });
  });

  describe('inTransaction', () => {
    it('rolls back what a failed work did and gives the connection back clean', async () => {
      const pool = newPool(await newDatabase(), { size: 1 });
      await pool.query('CREATE TABLE things (name text PRIMARY KEY)');
      const work = inTransaction(pool, async (client) => {
        await client.query(`INSERT INTO things VALUES ('one')`);
        await client.query(`INSERT INTO things VALUES ('one')`);
      });
      const error = await work.catch((caught: unknown) => caught);
      expect(isRefusedData(error)).toBe(true);
      expect((await pool.query('SELECT * FROM things')).rows).toEqual([]);
    });

    it('drops a connection that was cut in the middle and says the database is unavailable', async () => {
      const pool = newPool(await newDatabase(), { size: 1 });
      const work = inTransaction(pool, (client) =>
        client.query('SELECT pg_terminate_backend(pg_backend_pid())'),
      );
      await expect(work).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', causeCode: '57P01' });
      expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    });
  });

  describe('what counts as unavailable', () => {
    const failureOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);
    const query = (pool: Pool, text: string): Promise<unknown> =>
      failureOf(inTransaction(pool, (client) => client.query(text)));

    it('a statement over its time, no free connection, a wrong password, a missing database', async () => {
      const url = await newDatabase();
      const causes = [
        await query(newPool(url, { statementTimeoutMs: 50 }), 'SELECT pg_sleep(5)'),
        await query(newPool(url.replace(/:[^:@/]+@/, ':wrong@')), 'SELECT 1'),
        await query(newPool(`${url}_missing`), 'SELECT 1'),
      ].map((error) => (error instanceof DatabaseUnavailable ? error.causeCode : error));
      expect(causes).toEqual(['57014', '28P01', '3D000']);

      const busy = newPool(url, { size: 1 });
      const client = await busy.connect();
      expect(await query(busy, 'SELECT 1')).toMatchObject({ causeCode: 'CONNECTION_LOST' });
      client.release();
    });

    it('not a bug in the statement, and not data the server refuses', async () => {
      const pool = newPool(await newDatabase());
      expect(await query(pool, 'SELEC 1')).not.toBeInstanceOf(DatabaseUnavailable);
      expect(await query(pool, `SELECT 'x'::int`)).not.toBeInstanceOf(DatabaseUnavailable);
    });
  });

  describe('checkDatabase', () => {
    it('reports a database that accepts no writes', async () => {
      const url = await newDatabase();
      await newPool(server.adminUrl).query(
        `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`,
      );
      expect(await checkDatabase(newPool(url), never)).toMatchObject({ failure: { code: '25006' } });
    });

    it('survives a server restart with idle connections and follows its state', async () => {
      const lost: Error[] = [];
      const pool = newPool(await newDatabase(), { onConnectionLost: (error) => lost.push(error) });
      expect(await checkDatabase(pool, never)).toEqual({ status: 'healthy' });
      await server.stop();
      expect(await checkDatabase(pool, never)).toMatchObject({
        status: 'unhealthy',
        failure: { code: 'ECONNREFUSED' },
      });
      expect(lost).not.toEqual([]);
      await server.start();
      expect(await checkDatabase(pool, never)).toEqual({ status: 'healthy' });
    });

    it('gives the connection up when the deadline passes, so that none leaks', async () => {
      const url = await newDatabase();
      const pool = newPool(url, { size: 1 });
      const deadline = new AbortController();
      const held = await pool.connect();
      const check = checkDatabase(pool, deadline.signal);
      deadline.abort(new Error('deadline'));
      held.release();
      expect(await check).toMatchObject({ status: 'unhealthy' });
      expect(await checkDatabase(pool, never)).toEqual({ status: 'healthy' });
    });
  });
});
