import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@tidegate/clock';
import { diskProblem } from './disk-problem';
import { FolderOwner } from './folder-owner';

const MAX_PROCESSES = 16;
const OTHER_PROCESS = '.process-';

export interface CacheFolderParts {
  readonly clock: Clock;
  /** Told when another process has the root; must not throw. */
  readonly onShared: (folder: string) => void;
}

/** The folder for model files, for one process alone: a second one takes a folder of its own below. */
export class CacheFolder {
  private opening: Promise<string> | undefined;
  private owner: FolderOwner | undefined;

  constructor(
    private readonly root: string,
    private readonly parts: CacheFolderParts,
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
    await this.owner?.release();
  }

  private async claim(): Promise<string> {
    for (let place = 1; place <= MAX_PROCESSES; place += 1) {
      const folder = place === 1 ? this.root : join(this.root, `${OTHER_PROCESS}${place}`);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      this.owner = await FolderOwner.of(folder, this.parts.clock);
      if (this.owner === undefined) continue;
      if (place > 1) this.parts.onShared(folder);
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
      const owner = await FolderOwner.of(folder, this.parts.clock);
      if (owner === undefined) continue;
      await rm(folder, { recursive: true, force: true });
      await owner.release();
    }
  }
}
