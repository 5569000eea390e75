import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostEnvironment } from './host-environment.config';
import type { Account } from './launch-command';
import { LocalPartError } from './local-part-error';
import { runCommand } from './run-command';

export interface DataDirOptions {
  dataDir: string;
  initdb: string;
  superuserPassword: string;
  durable: boolean;
  account: Account | undefined;
}

/**
 * Makes a new database cluster (UTF8, scram passwords, superuser `postgres`) unless the folder holds one. It is
 * made under another name and moved when it is complete, so that an interrupted one is never taken for a whole.
 */
export async function ensureDataDir(options: DataDirOptions): Promise<void> {
  if (existsSync(path.join(options.dataDir, 'PG_VERSION'))) return;
  const unfinished = `${options.dataDir}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  await giveTo(options.account, unfinished);
  await initialise({ ...options, dataDir: unfinished });
  await rename(unfinished, options.dataDir);
}

/**
 * Removes the lock of a server that died without removing it, when its process number now belongs to another
 * program (PostgreSQL itself only sees that the number is in use: after a restart of a container it often is).
 *
 * @throws LocalPartError `DATA_DIR_IN_USE` when a server really runs on this folder
 */
export async function clearStaleLock(dataDir: string): Promise<void> {
  const lock = path.join(dataDir, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number((await readFile(lock, 'utf8')).split('\n')[0]);
  if (await isPostgresOf(dataDir, pid)) {
    throw new LocalPartError(
      'DATA_DIR_IN_USE',
      `A PostgreSQL server (process ${pid}) already runs on ${dataDir}. When it is left from an earlier run, end it with "kill -INT ${pid}"; ` +
        'otherwise stop the other run, or choose another data folder.',
    );
  }
  await rm(lock, { force: true });
}

async function isPostgresOf(dataDir: string, pid: number): Promise<boolean> {
  // A postmaster works inside its data folder; systems without /proc tell only the program.
  if (existsSync('/proc/self/cwd')) {
    return (await readlink(`/proc/${pid}/cwd`).catch(() => undefined)) === path.resolve(dataDir);
  }
  const ps = await runCommand('ps', ['-p', String(pid), '-o', 'comm='], { env: hostEnvironment() });
  return ps.stdout.includes('postgres');
}

async function initialise(options: DataDirOptions): Promise<void> {
  const secretDir = await mkdtemp(path.join(tmpdir(), 'tidegate-initdb-'));
  try {
    const passwordFile = path.join(secretDir, 'password');
    await writeFile(passwordFile, options.superuserPassword, { mode: 0o600 });
    await giveTo(options.account, secretDir, passwordFile);
    const result = await runCommand(options.initdb, initdbArgs(options, passwordFile), {
      env: hostEnvironment(['PG', 'LC_', 'LANG']),
      cwd: options.dataDir,
      account: options.account,
    });
    if (result.exitCode === 0) return;
    throw new LocalPartError(
      'START_FAILED',
      `PostgreSQL's initdb could not make ${options.dataDir}, which needs about 50 MB of disk and the system's C.UTF-8 locale. It said:\n${result.stderr.trim()}`,
    );
  } finally {
    await rm(secretDir, { recursive: true, force: true });
  }
}

function initdbArgs({ dataDir, durable }: DataDirOptions, passwordFile: string): string[] {
  // macOS knows no C.UTF-8.
  const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  return [
    `--pgdata=${dataDir}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    `--locale=${locale}`,
    ...(durable ? [] : ['--no-sync']),
  ];
}

async function giveTo(account: Account | undefined, ...paths: string[]): Promise<void> {
  if (account === undefined) return;
  for (const owned of paths) {
    await chmod(owned, owned === paths.at(-1) && paths.length > 1 ? 0o600 : 0o700);
    await chown(owned, account.uid, account.gid);
  }
}
