import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { endLeftovers } from './leftovers';
import { processIdentity } from './process-identity';
import { StackLock } from './stack-lock';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'localstack-lock-'));
  file = path.join(folder, 'stack.lock');
});
const groups: number[] = [];
afterEach(() => {
  for (const group of groups.splice(0)) endGroup(group);
  rmSync(folder, { recursive: true });
});

/** A child that leads a process group, as the children of a stack do; gone after the test, however that ends. */
function startLeader(command: string): ChildProcessByStdio<null, Readable, null> {
  const child = spawn('sh', ['-c', command], {
    detached: true,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (child.pid !== undefined) groups.push(child.pid);
  return child;
}

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const written = () => JSON.parse(readFileSync(file, 'utf8')) as { children: { pid: number }[] };

function rewrite(change: object): void {
  writeFileSync(file, JSON.stringify({ ...written(), ...change }));
}

describe('lock of a data folder', () => {
  it('is private and goes away at a clean stop', () => {
    const { lock, leftovers } = StackLock.acquire(file);
    expect(leftovers).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    lock.release();
    expect(existsSync(file)).toBe(false);
  });

  it('refuses a second stack and says how to stop the first', () => {
    StackLock.acquire(file);
    expect(() => StackLock.acquire(file)).toThrow(
      new RegExp(`already runs.*process ${process.pid}.*--data-dir`, 's'),
    );
  });

  it('is taken over when its process number now belongs to another program', () => {
    StackLock.acquire(file);
    rewrite({ start: 'another start' });
    expect(StackLock.acquire(file).leftovers).toEqual([]);
  });

  it('refuses a damaged file instead of guessing', () => {
    writeFileSync(file, '{');
    expect(() => StackLock.acquire(file)).toThrow(/damaged/);
  });

  it('finds the children of a killed run, ends exactly them, and spares strangers with a recorded number', async () => {
    const pids = [startLeader('exec sleep 600').pid ?? 0, startLeader('exec sleep 600').pid ?? 0] as const;
    const { lock } = StackLock.acquire(file);
    lock.record('left', pids[0], 'SIGTERM');
    lock.record('stranger', pids[1], 'SIGTERM');
    const children = written().children.map((child) =>
      child.pid === pids[1] ? { ...child, start: 'another start' } : child,
    );
    rewrite({ start: 'another start', children });

    const { leftovers } = StackLock.acquire(file);
    expect(leftovers.map(({ name }) => name)).toEqual(['left']);
    const lines: string[] = [];
    await endLeftovers(leftovers, (line) => lines.push(line));

    expect(lines).toEqual([expect.stringContaining(`Ending left (process ${pids[0]})`)]);
    expect(processIdentity(pids[0])).toBeUndefined();
    expect(processIdentity(pids[1])).toBeDefined();
  });

  it('ends what a dead child had started', async () => {
    const child = startLeader('sleep 600 & echo $!; wait');
    const worker = await new Promise<number>((resolve) =>
      child.stdout.once('data', (text) => resolve(Number(text))),
    );
    const { lock } = StackLock.acquire(file);
    lock.record('server', child.pid ?? 0, 'SIGTERM');
    rewrite({ start: 'another start' });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(processIdentity(worker)).toBeDefined();

    const { leftovers } = StackLock.acquire(file);
    await endLeftovers(leftovers, () => undefined);
    expect(leftovers).toHaveLength(1);
    expect(processIdentity(worker)).toBeUndefined();
  });

  it('forgets a child that ended', () => {
    const { lock } = StackLock.acquire(file);
    lock.record('self', process.pid, 'SIGTERM');
    expect(written().children).toHaveLength(1);
    lock.forget(process.pid);
    expect(written().children).toEqual([]);
  });
});
