import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderLock, FolderLockError } from '@tidegate/folder-lock';
import { diskProblem } from './disk-problem';

const MAX_PROCESSES = 16;
const OTHER_PROCESS = '.process-';
/** Names of models never begin with a dot. */
const LOCK = '.lock';

/** The folder for model files, for one process alone: a second one takes a folder of its own below. */
export class CacheFolder {
  private opening: Promise<string> | undefined;
  private lock: FolderLock | undefined;

  constructor(
    private readonly root: string,
    /** Told when another process has the root; must not throw. */
    private readonly onShared: (folder: string) => void,
  ) {}

  /** Where this process may write. @throws ModelProblem when there is no such place at the moment */
  open(): Promise<string> {
    this.opening ??= this.claim().catch((error: unknown) => {
      this.opening = undefined;
      throw diskProblem(error, this.root);
    });
    return this.opening;
  }

  /** Lets another process have it. */
  async close(): Promise<void> {
    await this.opening?.catch(() => undefined);
    this.opening = undefined;
    await this.lock?.release();
  }

  private async claim(): Promise<string> {
    for (let place = 1; place <= MAX_PROCESSES; place += 1) {
      const folder = place === 1 ? this.root : join(this.root, `${OTHER_PROCESS}${place}`);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      this.lock = await lockOf(folder);
      if (this.lock === undefined) continue;
      if (place > 1) this.onShared(folder);
      else await this.removeAbandoned();
      return folder;
    }
    throw new Error(
      `${MAX_PROCESSES} processes use ${this.root} already: give each a MODEL_CACHE_DIR of its own`,
    );
  }

  /** Folders of processes that shared the root once: their models would stay for ever. */
  private async removeAbandoned(): Promise<void> {
    for (const name of await readdir(this.root)) {
      if (!name.startsWith(OTHER_PROCESS)) continue;
      const folder = join(this.root, name);
      const lock = await lockOf(folder);
      if (lock === undefined) continue;
      await rm(folder, { recursive: true, force: true });
      await lock.release();
    }
  }
}

/** Undefined when another process has it. */
async function lockOf(folder: string): Promise<FolderLock | undefined> {
  try {
    return await FolderLock.take(folder, LOCK);
  } catch (error) {
    if (error instanceof FolderLockError && error.code === 'FOLDER_LOCKED') return undefined;
    throw error;
  }
}
