import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CacheFolder } from './cache-folder';
import { fileNameFor } from './file-name';
import { readJson, writeJsonDurably } from './durable-json';
import type { ModelTarget } from './model-registry';
import type { ModelSelector } from './model-selector';

const schema = z.object({
  model: z.string(),
  name: z.string(),
  version: z.string(),
  location: z.string(),
});

/** Which version each model served last, on disk: what a start without MLflow goes on with. */
export class LastServed {
  private opening: Promise<Map<string, ModelTarget>> | undefined;

  /** What was kept for others than these models is forgotten. */
  constructor(
    private readonly folder: CacheFolder,
    private readonly selectors: readonly ModelSelector[],
  ) {}

  /** Undefined when it never served one from this folder. */
  async read(selector: ModelSelector): Promise<ModelTarget | undefined> {
    return (await this.open()).get(selector.text);
  }

  async all(): Promise<readonly ModelTarget[]> {
    return [...(await this.open()).values()];
  }

  /** Only for a version that was loaded and has run. */
  async write(selector: ModelSelector, { name, version, location }: ModelTarget): Promise<void> {
    const known = await this.open();
    await writeJsonDurably(await this.fileOf(selector), { model: selector.text, name, version, location });
    known.set(selector.text, { name, version, location });
  }

  private open(): Promise<Map<string, ModelTarget>> {
    this.opening ??= this.readAll().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async readAll(): Promise<Map<string, ModelTarget>> {
    const folder = await this.pointerFolder();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const known = new Map<string, ModelTarget>();
    const files = new Set<string>();
    for (const selector of this.selectors) {
      const file = await this.fileOf(selector);
      const found = await readJson(file, schema);
      if (found?.model !== selector.text || found.name !== selector.name) continue;
      known.set(selector.text, { name: found.name, version: found.version, location: found.location });
      files.add(file);
    }
    for (const name of await readdir(folder)) {
      if (!files.has(join(folder, name))) await rm(join(folder, name), { force: true });
    }
    return known;
  }

  private async fileOf(selector: ModelSelector): Promise<string> {
    return join(await this.pointerFolder(), `${fileNameFor(selector.text)}.json`);
  }

  private async pointerFolder(): Promise<string> {
    return join(await this.folder.open(), '.last-served');
  }
}
