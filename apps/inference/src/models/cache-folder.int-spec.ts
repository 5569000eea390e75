import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FolderLockError } from '@tidegate/folder-lock';
import { workspaceRoot } from '@tidegate/testing';
import { CacheFolder } from './cache-folder';
import { diskProblem } from './disk-problem';

const HOLDER = `
  const { FolderLock } = require('${workspaceRoot}/libs/folder-lock/src/index.ts');
  FolderLock.take(process.argv[2], '.lock').then((lock) => {
    setInterval(() => lock, 1000);
    process.send('has it');
  });
`;

let root: string;
let shared: string[];
let folders: CacheFolder[];
let holders: ChildProcess[];

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tidegate-test-folder-'));
  shared = [];
  folders = [];
  holders = [];
});

afterEach(async () => {
  for (const holder of holders) holder.kill('SIGKILL');
  await Promise.all(folders.map((folder) => folder.close()));
  await rm(root, { recursive: true, force: true });
});

function open(): Promise<string> {
  const folder = new CacheFolder(root, (place) => shared.push(place));
  folders.push(folder);
  return folder.open();
}

it('gives each process a folder of its own, and says so', async () => {
  expect(await open()).toBe(root);
  expect(await open()).toBe(path.join(root, '.process-2'));
  expect(await open()).toBe(path.join(root, '.process-3'));
  expect(shared).toEqual([path.join(root, '.process-2'), path.join(root, '.process-3')]);
});

it('removes what another process left beside it, and nothing of one that is alive', async () => {
  await open();
  const second = await open();
  const third = await open();
  await folders[2]?.close();
  await folders[0]?.close();

  expect(await open()).toBe(root);
  const places = (await readdir(root)).filter((name) => name.startsWith('.process'));
  expect(places).toEqual([path.basename(second)]);
  expect(path.basename(third)).toBe('.process-3');
});

it('is free again when its process gives it back', async () => {
  await open();
  await folders[0]?.close();
  expect(await open()).toBe(root);
  expect(shared).toEqual([]);
});

it('is free again when its process is killed', async () => {
  const holder = await holderOf(root);
  expect(await open()).toBe(path.join(root, '.process-2'));
  holder.kill('SIGKILL');
  await once(holder, 'exit');

  expect(await open()).toBe(root);
});

it('goes to one of many at most that start at the same moment after a kill', async () => {
  const holder = await holderOf(root);
  holder.kill('SIGKILL');
  await once(holder, 'exit');

  const places = await Promise.all(Array.from({ length: 6 }, () => open()));
  expect(new Set(places).size).toBe(6);
});

it('says what to do where a folder cannot be locked', () => {
  const problem = diskProblem(new FolderLockError('FOLDER_NOT_LOCKABLE', 'no flock'), root);
  expect(problem).toMatchObject({
    code: 'MODEL_CACHE_UNUSABLE',
    message: 'no flock',
    remedy: expect.stringContaining('Install the program flock') as string,
  });
});

async function holderOf(folder: string): Promise<ChildProcess> {
  const script = path.join(folder, 'holder.cjs');
  await writeFile(script, HOLDER);
  const holder = fork(script, [folder], { cwd: workspaceRoot, execArgv: ['--require', 'tsx/cjs'] });
  holders.push(holder);
  await once(holder, 'message');
  return holder;
}
