import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startPostgres, type LocalPostgres } from './postgres';

const PASSWORD = 'p@ss %w/ord';
let folder: string;
let server: LocalPostgres;

function start(options: { port?: number; superuserPassword?: string } = {}): Promise<LocalPostgres> {
  const dataDir = path.join(folder, 'data');
  const logFile = path.join(folder, 'postgres.log');
  return startPostgres({
    dataDir,
    logFile,
    port: 0,
    superuserPassword: PASSWORD,
    durable: false,
    ...options,
  });
}

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tidegate-postgres-'));
  await chmod(folder, 0o711);
  // As an initdb that was interrupted leaves it.
  await mkdir(path.join(folder, 'data.new'), { recursive: true });
  await writeFile(path.join(folder, 'data.new', 'PG_VERSION'), '15\n');
  server = await start();
}, 60_000);

afterAll(async () => {
  await server.stop({ immediate: true });
  await rm(folder, { recursive: true, force: true });
});

it('is PostgreSQL 15 with UTF8 and asks for a password', async () => {
  const [settings] = await query<Record<string, string>>(
    server.url,
    `SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
            current_setting('listen_addresses') AS address`,
  );
  expect(settings).toEqual({
    version: expect.stringMatching(/^15\./) as string,
    encoding: 'UTF8',
    address: '127.0.0.1',
  });
  const wrong = new URL(server.url);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
});

it('makes a database for its owner, twice without harm, and drops it with open connections', async () => {
  const owner = { name: 'log ging', password: 'x@:/%' };
  const url = await server.createDatabase('predictions', owner);
  expect(await server.createDatabase('predictions', owner)).toBe(url);
  expect(await query(url, 'SELECT current_user AS user')).toEqual([{ user: 'log ging' }]);
  const open = new Client({ connectionString: url });
  open.on('error', () => undefined);
  await open.connect();
  await server.dropDatabase('predictions');
  await expect(query(url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
});

it('keeps its data over a crash and comes back on the same port', async () => {
  await query(server.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await query(server.url, 'CHECKPOINT');
  await server.process.stop({ signal: 'SIGKILL' });
  expect(existsSync(path.join(folder, 'data', 'postmaster.pid'))).toBe(true);
  server = await start({ port: server.port });
  expect(await query(server.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

it('starts although the number in a left lock now belongs to another program', async () => {
  await server.stop();
  await writeFile(path.join(folder, 'data', 'postmaster.pid'), `${process.pid}\n`);
  server = await start({ port: server.port });
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('names the process when the folder is in use', async () => {
  await expect(start()).rejects.toMatchObject({
    code: 'DATA_DIR_IN_USE',
    message: expect.stringContaining(`kill -INT ${server.pid}`) as string,
  });
});

it('says so when the folder was made with another password', async () => {
  await server.stop();
  await expect(start({ superuserPassword: 'another' })).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
  server = await start();
});
