import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { readJson, writeJsonDurably } from './durable-json';
import type { ModelFile } from './model-registry';

const FILE_NAME = 'manifest.json';
const schema = z.object({
  files: z.array(z.object({ path: z.string(), sizeBytes: z.int(), sha256: z.string() })).min(1),
});

/** Says that the copy in `folder` is complete, and how it can be told from a damaged one. */
export function writeManifest(folder: string, files: readonly ModelFile[]): Promise<void> {
  return writeJsonDurably(join(folder, FILE_NAME), { files });
}

/** Undefined when the copy was never complete. */
export async function readManifest(folder: string): Promise<readonly ModelFile[] | undefined> {
  return (await readJson(join(folder, FILE_NAME), schema))?.files;
}

/** How the files below `folder` differ from `files`; reads all of them. */
export async function differences(folder: string, files: readonly ModelFile[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) {
    const difference = await differenceOf(join(folder, file.path), file);
    if (difference !== undefined) found.push(`${file.path}: ${difference}`);
  }
  return found;
}

/** How hashes that were announced differ from those of the files that came. */
export function unexpectedHashes(
  files: readonly ModelFile[],
  expected: Readonly<Record<string, string>> = {},
): string[] {
  return Object.entries(expected).flatMap(([path, sha256]) => {
    const file = files.find((candidate) => candidate.path === path);
    if (file === undefined) return `${path}: expected a file with SHA-256 ${sha256}, there is none`;
    return file.sha256 === sha256 ? [] : `${path}: expected SHA-256 ${sha256}, got ${file.sha256}`;
  });
}

async function differenceOf(path: string, { sizeBytes, sha256 }: ModelFile): Promise<string | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return 'is missing';
  if (!stats.isFile()) return 'is no file';
  if (stats.size !== sizeBytes) return `expected ${sizeBytes} bytes, has ${stats.size}`;
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), hash);
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
  }
  const digest = hash.digest('hex');
  return digest === sha256 ? undefined : `expected SHA-256 ${sha256}, has ${digest}`;
}
