import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPool } from '@tidegate/database';
import type { OwnPostgres } from '@tidegate/testing';
import { Client } from 'pg';

/** Something that is wrong with PostgreSQL for a while. */
export interface DatabaseFault {
  begin(): Promise<void>;
  end(): Promise<void>;
}

export const stopped = (postgres: OwnPostgres): DatabaseFault => ({
  begin: () => postgres.stop(),
  end: () => postgres.start(),
});

/** Connections stay open and nothing answers, not even a refusal. */
export const frozen = (postgres: OwnPostgres): DatabaseFault => ({
  begin: () => Promise.resolve(postgres.freeze()),
  end: () => Promise.resolve(postgres.thaw()),
});

export const readOnly = (postgres: OwnPostgres): DatabaseFault => ({
  begin: async () => {
    await asAdmin(postgres.adminUrl, [
      'ALTER SYSTEM SET default_transaction_read_only = on',
      'SELECT pg_reload_conf()',
    ]);
    // A session that is new has it once the server has told those that were there.
    while (!(await isReadOnly(postgres.adminUrl)));
  },
  end: () =>
    asAdmin(postgres.adminUrl, [
      'SET default_transaction_read_only = off',
      'ALTER SYSTEM RESET default_transaction_read_only',
      'SELECT pg_reload_conf()',
    ]),
});

/** Takes every connection there is, those of the app too. */
export function outOfConnections(postgres: OwnPostgres): DatabaseFault {
  const taken: Client[] = [];
  return {
    begin: async () => {
      const killer = await connect(postgres.adminUrl);
      if (!killer) throw new Error('There is no connection to begin with.');
      taken.push(killer);
      const { rows } = await killer.query<{ max_connections: string }>('SHOW max_connections');
      const places = Number(rows[0]?.max_connections);
      // The app may be faster to take a place that becomes free: again, until there is none left for it.
      while (taken.length < places) {
        for (let client = await connect(postgres.adminUrl); client; client = await connect(postgres.adminUrl))
          taken.push(client);
        await killer.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cloud-logging-api'`,
        );
      }
    },
    end: async () => void (await Promise.all(taken.splice(0).map((client) => client.end()))),
  };
}

/** A database whose files are on a disk of their own, so small that it can be filled. Only root can make one. */
export async function smallDisk(
  postgres: OwnPostgres,
  name: string,
): Promise<{ readonly databaseUrl: string; readonly full: DatabaseFault; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-disk-'));
  const { uid, gid } = await stat(await dataFolderOf(postgres.adminUrl));
  const options = `size=32m,mode=0700,uid=${uid},gid=${gid}`;
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tidegate-test', folder]);
  await asAdmin(postgres.adminUrl, [
    `CREATE TABLESPACE ${name} LOCATION '${folder}'`,
    `CREATE DATABASE ${name} TABLESPACE ${name}`,
  ]);
  const url = new URL(postgres.adminUrl);
  url.pathname = `/${name}`;
  const ballast = path.join(folder, 'ballast');
  return {
    databaseUrl: url.href,
    full: {
      // What was written before the disk was full stays in the file.
      begin: () =>
        writeFile(ballast, Buffer.alloc(64 * 1024 * 1024)).then(
          () => Promise.reject(new Error('The disk has more room than it should.')),
          () => undefined,
        ),
      end: () => rm(ballast),
    },
    remove: async () => {
      await asAdmin(postgres.adminUrl, [`DROP DATABASE ${name} WITH (FORCE)`, `DROP TABLESPACE ${name}`]);
      execFileSync('umount', [folder]);
      await rm(folder, { recursive: true });
    },
  };
}

async function dataFolderOf(adminUrl: string): Promise<string> {
  const pool = createPool({ connection: { url: adminUrl }, applicationName: 'test' });
  try {
    const { rows } = await pool.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory ?? '';
  } finally {
    await pool.end();
  }
}

async function asAdmin(adminUrl: string, statements: readonly string[]): Promise<void> {
  const client = await connect(adminUrl);
  if (!client) throw new Error('The server takes no connection.');
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function isReadOnly(url: string): Promise<boolean> {
  const client = await connect(url);
  if (!client) throw new Error('The server takes no connection.');
  try {
    const { rows } = await client.query<{ state: string }>(
      `SELECT current_setting('default_transaction_read_only') AS state`,
    );
    return rows[0]?.state === 'on';
  } finally {
    await client.end();
  }
}

async function connect(url: string): Promise<Client | undefined> {
  const client = new Client({ connectionString: url, application_name: 'test' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    if ((error as { code?: string }).code === '53300') return undefined;
    throw error;
  }
}
