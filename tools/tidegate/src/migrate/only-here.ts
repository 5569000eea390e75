import { FolderLock, FolderLockError } from '@tidegate/folder-lock';
import { CommandError } from '../command-error';

/** The file in the folder whose lock says that a call uses it. */
export const FOLDER_LOCK = 'lock';

/**
 * Works in a folder that no other call uses meanwhile: two of them would each make what the other one has not told of yet.
 * The lock ends with the process, however that ends. Where there is no folder, nothing can meet in it.
 *
 * @throws CommandError when another call uses it, or nobody can say
 */
export async function onlyHere<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = await take(folder);
  try {
    return await work();
  } finally {
    await lock?.release();
  }
}

async function take(folder: string): Promise<FolderLock | undefined> {
  try {
    return await FolderLock.take(folder, FOLDER_LOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (!(error instanceof FolderLockError)) throw error;
    if (error.code === 'FOLDER_NOT_LOCKABLE') throw new CommandError(`${error.message} ${error.remedy}`);
    throw new CommandError(
      `${error.message} Expected one export or import at a time: wait for the other one, or end it and call this again.`,
    );
  }
}
