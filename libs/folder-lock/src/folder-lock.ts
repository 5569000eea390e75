import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock, Timer } from '@tidegate/clock';
import { FolderLockError } from './folder-lock-error';

const CHECK_MS = 2_000;
/** `O_EXLOCK` of macOS and the BSDs, which open and lock in one step and need no program for it. */
const OPEN_LOCKED = 0x20;

/** Who uses the folder, for the message to the one who may not. */
interface Holder {
  readonly pid: number;
  readonly host: string;
}

/**
 * The right to use a folder alone: the kernel's lock (flock) on a file in it. It ends with the process, however that
 * ends, so nothing has to be guessed from process numbers, which repeat in containers, or from the age of a file, which
 * a stopped process lets grow. It holds between containers that share a volume and between machines that share an EFS.
 *
 * Node cannot ask for it, so the program `flock` does, on the file that is open here: the lock is the open file's.
 */
export class FolderLock {
  private timer: Timer | undefined;
  private isReleased = false;

  private constructor(
    private readonly handle: FileHandle,
    private readonly file: string,
  ) {}

  /**
   * Keep what it resolves with: an open file that nobody holds is closed, and the lock gone.
   *
   * @param name of the file: whoever takes another one does not see this lock
   * @throws FolderLockError; what the file system throws
   */
  static async take(folder: string, name = 'lock'): Promise<FolderLock> {
    const file = join(folder, name);
    const handle = await openLocked(file);
    if (handle === undefined) throw new FolderLockError('FOLDER_LOCKED', await describeHolder(folder, file));
    try {
      const holder: Holder = { pid: process.pid, host: hostname() };
      await handle.truncate();
      await handle.write(JSON.stringify(holder), 0);
      const lock = new FolderLock(handle, file);
      // Removed between opening and locking: then the lock is on a file that nobody else sees.
      if (!(await lock.isInPlace()))
        throw new FolderLockError('FOLDER_LOCKED', `The lock file ${file} is being removed by somebody.`);
      return lock;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The file stays: if it were removed, one who just opened it and one who makes it anew would both have a lock. */
  async release(): Promise<void> {
    if (this.isReleased) return;
    this.isReleased = true;
    this.timer?.cancel();
    await this.handle.close();
  }

  /**
   * Looks now and then until it is released.
   *
   * @param onLost the file is gone or another one: somebody removed the folder, and the next process may use it
   */
  watch(clock: Clock, onLost: (cause: string) => void): void {
    this.timer = clock.setTimer(() => void this.check(clock, onLost), CHECK_MS);
  }

  private async check(clock: Clock, onLost: (cause: string) => void): Promise<void> {
    const isInPlace = await this.isInPlace().catch(() => true);
    if (this.isReleased) return;
    if (isInPlace) this.watch(clock, onLost);
    else onLost('its lock file is gone or another one');
  }

  private async isInPlace(): Promise<boolean> {
    const own = await this.handle.stat();
    const found = await stat(this.file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return found?.ino === own.ino && found.dev === own.dev;
  }
}

/** Undefined when another process has the lock. */
async function openLocked(file: string): Promise<FileHandle | undefined> {
  const flags = constants.O_RDWR | constants.O_CREAT;
  if (process.platform === 'darwin' || process.platform.endsWith('bsd'))
    return openWithFlag(file, flags | OPEN_LOCKED | constants.O_NONBLOCK);
  const handle = await open(file, flags, 0o600);
  try {
    if (await isTakenByProgram(handle.fd)) return handle;
  } catch (error) {
    await handle.close();
    const cause = error instanceof Error ? error.message : String(error);
    throw new FolderLockError('FOLDER_NOT_LOCKABLE', `${file} cannot be locked: ${cause}.`, error);
  }
  await handle.close();
  return undefined;
}

function openWithFlag(file: string, flags: number): Promise<FileHandle | undefined> {
  return open(file, flags, 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EAGAIN') return undefined;
    throw error;
  });
}

/** The program ends at once and leaves the lock to the open file that it shared with us. */
async function isTakenByProgram(fd: number): Promise<boolean> {
  const program = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'pipe', fd] });
  let said = '';
  program.stderr?.on('data', (text: Buffer) => (said += text.toString()));
  const [code] = (await once(program, 'close')) as [number | null];
  if (code === 0) return true;
  if (code === 1 && said === '') return false;
  throw new Error(`flock ended with ${code}: ${said.trim()}`);
}

async function describeHolder(folder: string, file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const [, pid, host] = /^\{"pid":(\d+),"host":"([^"]*)"\}$/.exec(text) ?? [];
  const who = pid === undefined ? 'Another process' : `Process ${pid} on ${host}`;
  return `${who} uses the folder ${folder}.`;
}
