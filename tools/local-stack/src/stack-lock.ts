import { linkSync, readFileSync, rmSync } from 'node:fs';
import { isGroupLeft, isRunning, processIdentity, type ProcessIdentity } from './process-identity';
import { writePrivateFile } from './private-file';
import { StackError } from './stack-error';

/** A process of the stack as the lock file remembers it, so that a later start can tell it from a stranger. */
export interface RecordedProcess extends ProcessIdentity {
  readonly name: string;
  readonly stopSignal: NodeJS.Signals;
}

interface LockContent extends ProcessIdentity {
  readonly children: readonly RecordedProcess[];
}

/** Keeps a second stack away from a data folder and remembers the children in case this process is killed. */
export class StackLock {
  #children: RecordedProcess[] = [];

  private constructor(
    private readonly file: string,
    private readonly owner: ProcessIdentity,
  ) {}

  /**
   * @returns the lock and the processes that a crashed run left behind and that still run
   * @throws StackError when another stack runs on this data folder
   */
  static acquire(file: string): { lock: StackLock; leftovers: RecordedProcess[] } {
    const leftovers = refuseWhenHeld(file);
    rmSync(file, { force: true });
    const lock = new StackLock(file, processIdentity(process.pid) ?? { pid: process.pid, start: '' });
    lock.#create();
    // Kept until the caller has ended them, for the case that this start is killed first.
    lock.#children = leftovers;
    lock.#write();
    return { lock, leftovers };
  }

  record(name: string, pid: number, stopSignal: NodeJS.Signals): void {
    const identity = processIdentity(pid);
    if (identity === undefined) return;
    this.#children.push({ name, ...identity, stopSignal });
    this.#write();
  }

  forget(pid: number): void {
    this.#children = this.#children.filter((child) => child.pid !== pid);
    this.#write();
  }

  release(): void {
    rmSync(this.file, { force: true });
  }

  #create(): void {
    const unfinished = `${this.file}.${process.pid}`;
    writePrivateFile(unfinished, this.#content());
    try {
      // Unlike a rename, a link fails when two starts race for the file.
      linkSync(unfinished, this.file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new StackError(
        `Another "npm start" took ${this.file} at the same moment. Only one can run; use that one.`,
      );
    } finally {
      rmSync(unfinished, { force: true });
    }
  }

  #write(): void {
    writePrivateFile(this.file, this.#content());
  }

  #content(): string {
    const content: LockContent = { ...this.owner, children: this.#children };
    return `${JSON.stringify(content, null, 2)}\n`;
  }
}

/**
 * @returns what a crashed run left behind
 * @throws StackError when a stack runs on this data folder
 */
export function refuseWhenHeld(file: string): RecordedProcess[] {
  const content = readLock(file);
  if (content === undefined) return [];
  if (isRunning(content)) {
    throw new StackError(
      `A local stack already runs on this data folder (process ${content.pid}). Stop it with Ctrl-C in its terminal ` +
        `or "kill ${content.pid}"; to run a second one, choose --data-dir and ports of its own (--help).`,
    );
  }
  return content.children.filter(isGroupLeft);
}

function readLock(file: string): LockContent | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as LockContent;
  } catch {
    throw new StackError(`${file} is damaged. When no "npm start" runs, remove this file and start again.`);
  }
}
