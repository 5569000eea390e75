import { createHash } from 'node:crypto';
import { access, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ModelRegistry, ModelTarget } from './model-registry';

/** The right to use a folder of the cache; it stays until the last holder gave it back. */
export interface HeldFolder {
  readonly path: string;
  /** Gives it back; `isBroken` also removes it at once, so that the next try fetches it anew. */
  release(isBroken?: boolean): Promise<void>;
}

/**
 * Model files on disk, `<root>/<name>/<version>-<digest of its location>`: one folder per version, complete or
 * absent. What nobody holds is removed when a holder of the same model gives its folder back. One process per root.
 */
export class ModelCache {
  private readonly holders = new Map<string, number>();
  private readonly arriving = new Map<string, Promise<void>>();

  constructor(
    private readonly root: string,
    private readonly registry: ModelRegistry,
  ) {}

  /** The files of `target`, downloaded unless they are here already. @throws ModelProblem */
  async hold(target: ModelTarget, signal: AbortSignal): Promise<HeldFolder> {
    const modelFolder = join(this.root, folderName(target.name));
    const digest = createHash('sha256').update(target.location).digest('hex').slice(0, 12);
    const path = join(modelFolder, `${target.version}-${digest}`);
    this.holders.set(path, (this.holders.get(path) ?? 0) + 1);
    try {
      await this.bring(target, path, signal);
    } catch (error) {
      this.letGo(path);
      throw error;
    }
    return {
      path,
      release: async (isBroken = false): Promise<void> => {
        this.letGo(path);
        if (isBroken && !this.holders.has(path)) await rm(path, { recursive: true, force: true });
        else await this.sweep(modelFolder);
      },
    };
  }

  /** Two followers of one version share a download. */
  private bring(target: ModelTarget, path: string, signal: AbortSignal): Promise<void> {
    let arrival = this.arriving.get(path);
    if (arrival === undefined) {
      arrival = this.download(target, path, signal).finally(() => this.arriving.delete(path));
      this.arriving.set(path, arrival);
    }
    return arrival;
  }

  private async download(target: ModelTarget, path: string, signal: AbortSignal): Promise<void> {
    if (await exists(path)) return;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await this.registry.download(target, path, signal);
  }

  private letGo(path: string): void {
    const left = (this.holders.get(path) ?? 1) - 1;
    if (left === 0) this.holders.delete(path);
    else this.holders.set(path, left);
  }

  /** Also removes what a killed process left behind: old versions and half downloads. */
  private async sweep(modelFolder: string): Promise<void> {
    const held = [...this.holders.keys()];
    for (const entry of await readdir(modelFolder)) {
      const path = join(modelFolder, entry);
      const isHeld = held.some((other) => path === other || path.startsWith(`${other}.`));
      if (!isHeld) await rm(path, { recursive: true, force: true });
    }
  }
}

/** A registered model's name may hold anything; dots are escaped so that none is `..`. */
function folderName(modelName: string): string {
  return encodeURIComponent(modelName).replaceAll('.', '%2E');
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
