import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@tidegate/clock';
import { CacheFolder } from './cache-folder';

const OWNER = `
  const { createServer } = require('node:net');
  createServer().listen(process.argv[2], () => process.send('listens'));
`;

let root: string;
let shared: string[];
let folders: CacheFolder[];
let owners: ChildProcess[];

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tidegate-test-folder-'));
  shared = [];
  folders = [];
  owners = [];
});

afterEach(async () => {
  for (const owner of owners) owner.kill('SIGKILL');
  await Promise.all(folders.map((folder) => folder.close()));
  await rm(root, { recursive: true, force: true });
});

function open(at = root): Promise<string> {
  const folder = new CacheFolder(at, { clock: systemClock, onShared: (place) => shared.push(place) });
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
  const owner = await ownerOf(path.join(root, '.owner-0-0.sock'));
  expect(await open()).toBe(path.join(root, '.process-2'));
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(await readdir(root)).toContain('.owner-0-0.sock');

  expect(await open()).toBe(root);
  expect(await readdir(root)).not.toContain('.owner-0-0.sock');
});

it('goes to one of many at most that start at the same moment after a kill', async () => {
  const owner = await ownerOf(path.join(root, '.owner-0-0.sock'));
  owner.kill('SIGKILL');
  await once(owner, 'exit');

  const places = await Promise.all(Array.from({ length: 6 }, () => open()));
  expect(new Set(places).size).toBe(6);
});

it('also has an owner when its path is too long for a socket', async () => {
  const deep = path.join(root, 'x'.repeat(120));
  expect(await open(deep)).toBe(deep);
  expect(await open(deep)).toBe(path.join(deep, '.process-2'));
});

async function ownerOf(socket: string): Promise<ChildProcess> {
  const script = path.join(root, 'owner.cjs');
  await writeFile(script, OWNER);
  const owner = fork(script, [socket]);
  owners.push(owner);
  await once(owner, 'message');
  return owner;
}
