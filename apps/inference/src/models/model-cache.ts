import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CacheFolder } from './cache-folder';
import { differences, readManifest, unexpectedHashes, writeManifest } from './copy-manifest';
import { diskProblem } from './disk-problem';
import { fileNameFor } from './file-name';
import type { LastServed } from './last-served';
import { ModelProblem } from './model-problem';
import type { ModelRegistry, ModelTarget } from './model-registry';

/** The right to use a folder of the cache; it stays until the last holder gave it back. */
export interface HeldFolder {
  readonly path: string;
  /**
   * Gives it back; `isBroken` also removes it at once, so that the next try fetches it anew. A copy that has served is
   * kept: its files are verified, so the fault is elsewhere, and a start without the registry may need it.
   */
  release(isBroken?: boolean): Promise<void>;
}

export interface CacheParts {
  readonly folder: CacheFolder;
  readonly registry: Pick<ModelRegistry, 'download'>;
  readonly lastServed: Pick<LastServed, 'all'>;
  /** A copy is not what was downloaded any more, and is fetched anew; must not throw. */
  readonly onDamaged: (target: ModelTarget, differences: readonly string[]) => void;
}

/**
 * Model files on disk, one folder per version: `<name>/<version>-<digest of its location>` with the files in `model` and,
 * once they are complete, `manifest.json`. What nobody holds and nothing served last is removed when a holder of the same
 * model gives its folder back, and at the start.
 */
export class ModelCache {
  private readonly holders = new Map<string, number>();
  private readonly arriving = new Map<string, Promise<void>>();
  private readonly leaving = new Map<string, Promise<void>>();
  private firstSweep: Promise<void> | undefined;

  constructor(private readonly parts: CacheParts) {}

  /** The files of `target`, verified, downloaded unless they are here already. @throws ModelProblem */
  async hold(target: ModelTarget, signal: AbortSignal): Promise<HeldFolder> {
    const root = await this.parts.folder.open();
    const copy = copyFolder(root, target);
    this.holders.set(copy, (this.holders.get(copy) ?? 0) + 1);
    try {
      await this.sweepOnce(root);
      await this.bring(target, copy, signal);
    } catch (error) {
      this.letGo(copy);
      throw diskProblem(error, root);
    }
    let isHeld = true;
    return {
      path: join(copy, 'model'),
      release: async (isBroken = false): Promise<void> => {
        if (!isHeld) return;
        isHeld = false;
        this.letGo(copy);
        if (!isBroken) await this.sweep(root, modelFolder(root, target));
        else await this.removeUnused(root, [copy]);
      },
    };
  }

  /** Two followers of one version share a download. */
  private bring(target: ModelTarget, copy: string, signal: AbortSignal): Promise<void> {
    let arrival = this.arriving.get(copy);
    if (arrival === undefined) {
      arrival = this.ensure(target, copy, signal).finally(() => this.arriving.delete(copy));
      this.arriving.set(copy, arrival);
    }
    return arrival;
  }

  private async ensure(target: ModelTarget, copy: string, signal: AbortSignal): Promise<void> {
    await this.leaving.get(copy);
    if (await this.isIntact(target, copy)) return;
    await rm(copy, { recursive: true, force: true });
    try {
      // The last one alone: `recursive` hides why a folder cannot be made.
      await mkdir(dirname(copy), { recursive: true, mode: 0o700 });
      await mkdir(copy, { mode: 0o700 });
      const files = await this.parts.registry.download(target, join(copy, 'model'), signal);
      const wrong = unexpectedHashes(files, target.expectedHashes);
      if (wrong.length > 0) {
        throw new ModelProblem(
          'MODEL_INVALID',
          `Version ${target.version} of ${target.name} is not what its tags in the registry say: ${wrong.join('; ')}.`,
        );
      }
      await writeManifest(copy, files);
    } catch (error) {
      await rm(copy, { recursive: true, force: true });
      throw error;
    }
  }

  private async isIntact(target: ModelTarget, copy: string): Promise<boolean> {
    const files = await readManifest(copy);
    if (files === undefined) return false;
    const wrong = await differences(join(copy, 'model'), files);
    wrong.push(...unexpectedHashes(files, target.expectedHashes));
    if (wrong.length > 0) this.parts.onDamaged(target, wrong);
    return wrong.length === 0;
  }

  private letGo(copy: string): void {
    const left = (this.holders.get(copy) ?? 1) - 1;
    if (left === 0) this.holders.delete(copy);
    else this.holders.set(copy, left);
  }

  private sweepOnce(root: string): Promise<void> {
    this.firstSweep ??= this.sweepAll(root).catch((error: unknown) => {
      this.firstSweep = undefined;
      throw error;
    });
    return this.firstSweep;
  }

  /** Removes what a killed process left behind, and models that are not served any more. */
  private async sweepAll(root: string): Promise<void> {
    const entries = await readdir(root, { withFileTypes: true });
    for (const entry of entries) {
      // Names of models have no dots here; what begins with one is no model's.
      if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
      await this.sweep(root, join(root, entry.name));
      if ((await readdir(join(root, entry.name))).length === 0)
        await rm(join(root, entry.name), { recursive: true });
    }
  }

  private async sweep(root: string, folder: string): Promise<void> {
    await this.removeUnused(
      root,
      (await readdir(folder)).map((entry) => join(folder, entry)),
    );
  }

  private async removeUnused(root: string, copies: readonly string[]): Promise<void> {
    const served = (await this.parts.lastServed.all()).map((target) => copyFolder(root, target));
    for (const copy of copies) {
      if (!this.holders.has(copy) && !served.includes(copy)) await this.remove(copy);
    }
  }

  /** Who holds it meanwhile waits for the end, and fetches it anew. */
  private async remove(copy: string): Promise<void> {
    const removal = rm(copy, { recursive: true, force: true });
    const settled = removal.then(
      () => undefined,
      () => undefined,
    );
    this.leaving.set(copy, settled);
    try {
      await removal;
    } finally {
      if (this.leaving.get(copy) === settled) this.leaving.delete(copy);
    }
  }
}

function copyFolder(root: string, target: ModelTarget): string {
  const digest = createHash('sha256').update(target.location).digest('hex').slice(0, 12);
  return join(modelFolder(root, target), `${target.version}-${digest}`);
}

function modelFolder(root: string, target: ModelTarget): string {
  return join(root, fileNameFor(target.name));
}
