import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { FakeClock, workspaceRoot } from '@tidegate/testing';
import { FolderLock } from './folder-lock';

/* That it ends with the process, however that ends, is tested where it is used: in libs/spool and apps/inference. */

let folder: string;
let locks: FolderLock[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tidegate-test-lock-'));
  locks = [];
});
afterEach(async () => {
  for (const lock of locks) await lock.release();
  await rm(folder, { recursive: true, force: true });
});

async function take(name?: string): Promise<FolderLock> {
  const lock = await FolderLock.take(folder, name);
  locks.push(lock);
  return lock;
}

it('is one at a time, names the holder, and is free when it is given back', async () => {
  const lock = await take();
  await expect(take()).rejects.toMatchObject({
    code: 'FOLDER_LOCKED',
    message: expect.stringMatching(
      new RegExp(`^Process ${process.pid} on .* uses the folder ${folder}\\.$`),
    ) as string,
    remedy: expect.stringContaining('a folder of its own') as string,
  });
  await take('another');
  await lock.release();
  await lock.release();
  await take();
});

it('tells once that the folder was removed, and nothing after it was given back', async () => {
  const clock = new FakeClock();
  const told: string[] = [];
  const [one, other] = [await take(), await take('another')];
  for (const lock of [one, other]) lock.watch(clock, (cause) => told.push(cause));
  await clock.advance(60_000);
  expect(told).toEqual([]);
  await other.release();
  await rm(folder, { recursive: true });
  while (told.length === 0) await clock.advance(1_000);
  await clock.advance(60_000);
  expect(told).toEqual(['its lock file is gone or another one']);
  expect(clock.pendingTimers).toBe(0);
});

it('says what to do where there is no program that locks', async () => {
  const program = `require('${__dirname}/folder-lock.ts').FolderLock.take('${folder}').catch((error) =>
    console.log(JSON.stringify([error.code, error.message, error.remedy])))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--require', 'tsx/cjs', '-e', program], {
    cwd: workspaceRoot,
    env: { PATH: folder },
  });
  expect(JSON.parse(stdout)).toEqual([
    'FOLDER_NOT_LOCKABLE',
    `${folder}/lock cannot be locked: spawn flock ENOENT.`,
    expect.stringContaining('Install the program flock'),
  ]);
  await take();
});
