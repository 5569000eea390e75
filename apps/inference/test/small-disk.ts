import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isOnBuildServer } from './small-disk.config';

/** A file system in memory, mounted over a folder. */
export interface SmallDisk {
  readonly folder: string;
  resize(sizeMib: number): void;
  /** As after a fault, so also while files are open. */
  becomeReadOnly(): void;
  becomeWritable(): void;
  /** Whatever still uses it keeps it until then. */
  remove(): void;
}

/**
 * Registers tests that need a disk of a few megabytes. Without the right to mount one there is one skipped test that says
 * so; with `CI=true` the test file fails.
 */
export function describeWithSmallDisks(
  title: string,
  tests: (mount: (sizeMib: number) => SmallDisk) => void,
): void {
  const problem = whyNot();
  if (problem === undefined) {
    describe(title, () => tests(mountDisk));
    return;
  }
  const reason = `needs root, or sudo without a password, to mount a file system (${problem})`;
  if (isOnBuildServer()) throw new Error(`${title}: ${reason}`);
  it.skip(`${title}: ${reason}`, () => undefined);
}

function mountDisk(sizeMib: number): SmallDisk {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegate-test-disk-'));
  const owner = `uid=${process.getuid?.() ?? 0},mode=0700`;
  asRoot('mount', '-t', 'tmpfs', '-o', `size=${sizeMib}m,${owner}`, 'tmpfs', folder);
  const unmount = (): void => asRoot('umount', '--lazy', folder);
  let isReadOnly = false;
  return {
    folder,
    resize: (newSizeMib) => asRoot('mount', '-o', `remount,size=${newSizeMib}m`, folder),
    // Nobody may make a disk with files open for writing read-only: it is laid over itself once more, read-only.
    becomeReadOnly: () => {
      asRoot('mount', '--bind', folder, folder);
      isReadOnly = true;
      asRoot('mount', '-o', 'remount,bind,ro', folder);
    },
    becomeWritable: () => {
      unmount();
      isReadOnly = false;
    },
    remove: () => {
      if (isReadOnly) unmount();
      unmount();
      rmdirSync(folder);
    },
  };
}

function whyNot(): string | undefined {
  try {
    mountDisk(1).remove();
    return undefined;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

function asRoot(...command: readonly [string, ...string[]]): void {
  const [program, ...args] = process.getuid?.() === 0 ? command : (['sudo', '-n', ...command] as const);
  execFileSync(program, args, { stdio: 'pipe' });
}
