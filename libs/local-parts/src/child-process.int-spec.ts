import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startProcess, waitUntilReady, type ManagedProcess } from './child-process';
import { hostEnvironment } from './host-environment.config';

let folder: string;
let started: ManagedProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tidegate-child-'));
});

afterEach(async () => {
  for (const process of started) await process.stop({ graceMs: 0 });
  started = [];
  await rm(folder, { recursive: true, force: true });
});

async function shell(script: string): Promise<ManagedProcess> {
  const child = await startProcess({
    name: 'Shell',
    command: '/bin/sh',
    args: ['-c', script],
    env: hostEnvironment(),
    cwd: folder,
    logFile: path.join(folder, 'shell.log'),
  });
  started.push(child);
  return child;
}

/** Waits for the script to have written a file with this name. */
function written(process: ManagedProcess, name: string): Promise<void> {
  return waitUntilReady(process, () => Promise.resolve(existsSync(path.join(folder, name))), 10_000);
}

/** One that ended, and whose end the system's first process has not noticed yet, is not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc') || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

it('ends grandchildren too, also those that ignore the stop signal', async () => {
  const child = await shell(
    '(trap "" TERM; echo $$ > grandchild; sh -c \'echo $PPID > pid; touch ready; sleep 600\') & wait',
  );
  await written(child, 'ready');
  const grandchild = Number(readFileSync(path.join(folder, 'pid'), 'utf8'));
  expect(isAlive(grandchild)).toBe(true);
  await child.stop({ graceMs: 300 });
  expect(isAlive(child.pid)).toBe(false);
  expect(isAlive(grandchild)).toBe(false);
});

it('ends what a process left behind that died by itself', async () => {
  const child = await shell('sleep 600 & echo $! > pid; exit 3');
  expect(await child.exited).toEqual({ code: 3, signal: null });
  const orphan = Number(readFileSync(path.join(folder, 'pid'), 'utf8'));
  await child.stop();
  expect(isAlive(orphan)).toBe(false);
  await child.stop();
});

it('lets a process finish its work within the grace time', async () => {
  const child = await shell(
    'trap "sleep 0.2; echo goodbye; exit 0" TERM; touch ready; while true; do sleep 0.05; done',
  );
  await written(child, 'ready');
  await child.stop();
  expect(child.exit).toEqual({ code: 0, signal: null });
  expect(child.lastLines()).toContain('goodbye');
});

it('tells the last lines of a process that ends before it is ready', async () => {
  const child = await shell('echo first; echo "cannot read settings" >&2; exit 7');
  await expect(waitUntilReady(child, () => Promise.resolve(false), 10_000)).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringMatching(/exit code 7[^]*cannot read settings/) as string,
  });
});

it('keeps the log of the start before', async () => {
  await (
    await shell('echo one')
  ).exited;
  await (
    await shell('echo two')
  ).exited;
  expect(readFileSync(path.join(folder, 'shell.log'), 'utf8')).toBe('two\n');
  expect(readFileSync(path.join(folder, 'shell.log.1'), 'utf8')).toBe('one\n');
});

it('says so when the program does not exist', async () => {
  const start = startProcess({
    name: 'Ghost',
    command: '/nonexistent/program',
    args: [],
    env: {},
    cwd: folder,
    logFile: path.join(folder, 'ghost.log'),
  });
  // With setpriv in front the failure shows as an exit instead.
  await expect(
    start.then((ghost) => waitUntilReady(ghost, () => Promise.resolve(false), 10_000)),
  ).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringContaining('/nonexistent/program') as string,
  });
});
