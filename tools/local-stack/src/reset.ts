import { existsSync, rmSync } from 'node:fs';
import { endLeftovers } from './leftovers';
import type { StackPaths } from './stack-paths';
import { StackError } from './stack-error';
import { refuseWhenHeld } from './stack-lock';

/**
 * Removes a data folder with everything in it.
 *
 * @returns false when there is none
 * @throws StackError when a stack runs on it, when it is no data folder of ours, or when another account owns it
 */
export async function reset(paths: StackPaths, onProgress: (line: string) => void): Promise<boolean> {
  const { dataDir } = paths;
  if (!existsSync(dataDir)) return false;
  if (!isOurs(paths)) {
    throw new StackError(
      `${dataDir} is not a data folder of the local stack (no secrets.json in it): nothing was removed.`,
    );
  }
  await endLeftovers(refuseWhenHeld(paths.lockFile), onProgress);
  try {
    rmSync(dataDir, { recursive: true, force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    // PostgreSQL's data belongs to an account of its own when the stack was started as root.
    throw new StackError(
      `${dataDir} holds files of another account, probably since the stack was once started as root. Remove it with: sudo rm -rf '${dataDir}'`,
    );
  }
  return true;
}

// A mistyped --data-dir must not remove somebody's documents. The default folder may hold no more than a venv.
function isOurs({ dataDir, secretsFile, workspaceRoot }: StackPaths): boolean {
  return existsSync(secretsFile) || dataDir === `${workspaceRoot}/.tidegate`;
}
