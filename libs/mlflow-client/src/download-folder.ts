import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, mkdir, mkdtemp, open, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ArtifactSource } from './artifact-source';
import { MlflowError } from './mlflow-error';

export interface DownloadLimits {
  /** Of all files together. */
  readonly maxBytes: number;
  /** Of files and folders together. @default 10000 */
  readonly maxEntries?: number;
  /** Aborting rejects with the signal's reason and leaves nothing behind. */
  readonly signal?: AbortSignal;
}

export interface DownloadedFolder {
  /** Relative to the target folder, with `/`, in the order of the listing. */
  readonly files: readonly DownloadedFile[];
  readonly totalBytes: number;
}

export interface DownloadedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

interface ListedFile {
  readonly path: string;
  readonly sizeBytes: number | undefined;
}

/**
 * Brings everything below `source` to `targetFolder`, which must not exist yet. The files are written to a
 * `<targetFolder>.partial-…` beside it and renamed when all are complete and on the disk; only a killed process leaves
 * one behind. What the disk refuses (`ENOSPC`, `EROFS`, …) rejects as it is.
 */
export async function downloadFolder(
  source: ArtifactSource,
  targetFolder: string,
  limits: DownloadLimits,
): Promise<DownloadedFolder> {
  await assertAbsent(targetFolder);
  const listed = await listRecursively(source, limits);
  await mkdir(dirname(targetFolder), { recursive: true });
  await assertRoom(dirname(targetFolder), listed);
  const partial = await mkdtemp(`${targetFolder}.partial-`);
  try {
    const downloaded = await downloadFiles(source, listed, partial, limits);
    limits.signal?.throwIfAborted();
    await rename(partial, targetFolder);
    await syncFolder(dirname(targetFolder));
    return downloaded;
  } catch (failure) {
    await rm(partial, { recursive: true, force: true });
    limits.signal?.throwIfAborted();
    throw failure;
  }
}

/** Everything is listed before the first byte is fetched, so that a folder known to be too large costs nothing. */
async function listRecursively(source: ArtifactSource, limits: DownloadLimits): Promise<ListedFile[]> {
  const maxEntries = limits.maxEntries ?? 10_000;
  const files: ListedFile[] = [];
  const folders = [''];
  let entryCount = 0;
  for (const folder of folders) {
    for (const entry of await source.list(folder, limits.signal)) {
      assertPlainName(entry.name, folder);
      if (++entryCount > maxEntries) throw tooLarge(`more than ${maxEntries} files and folders`);
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFolder) folders.push(path);
      else files.push({ path, sizeBytes: entry.sizeBytes });
    }
  }
  if (files.length === 0) {
    throw new MlflowError('MLFLOW_NOT_FOUND', 'The artifact folder is empty or does not exist.', {
      remedy: 'Register the model again, or restore its artifacts.',
    });
  }
  const listedBytes = files.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0);
  if (listedBytes > limits.maxBytes) throw tooLarge(`${listedBytes} bytes, more than ${limits.maxBytes}`);
  return files;
}

async function downloadFiles(
  source: ArtifactSource,
  listed: readonly ListedFile[],
  folder: string,
  limits: DownloadLimits,
): Promise<DownloadedFolder> {
  const files: DownloadedFile[] = [];
  let totalBytes = 0;
  for (const file of listed) {
    const path = join(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    const counter = byteCounter(file, limits.maxBytes - totalBytes);
    // `wx`: a name listed twice must not replace what was written for the first.
    const target = createWriteStream(path, { flags: 'wx', flush: true });
    await pipeline(source.open(file.path, limits.signal), counter.count, target, { signal: limits.signal });
    files.push({ path: file.path, sizeBytes: counter.bytes(), sha256: counter.sha256() });
    totalBytes += counter.bytes();
  }
  for (const path of new Set(files.map((file) => dirname(file.path)))) await syncFolder(join(folder, path));
  return { files, totalBytes };
}

interface ByteCounter {
  readonly count: (chunks: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>;
  readonly bytes: () => number;
  /** To be asked once, at the end. */
  readonly sha256: () => string;
}

/** Counts while the bytes pass and stops them as soon as they are more than listed or allowed. */
function byteCounter(file: ListedFile, allowedBytes: number): ByteCounter {
  const expectedBytes = file.sizeBytes;
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    bytes: () => bytes,
    sha256: () => hash.digest('hex'),
    async *count(chunks) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        hash.update(chunk);
        if (expectedBytes !== undefined && bytes > expectedBytes)
          throw wrongSize(file, `more than ${expectedBytes}`);
        if (bytes > allowedBytes)
          throw tooLarge(`more bytes than allowed, reached in ${JSON.stringify(file.path)}`);
        yield chunk;
      }
      if (expectedBytes !== undefined && bytes !== expectedBytes) throw wrongSize(file, String(bytes));
    },
  };
}

function assertPlainName(name: string, folder: string): void {
  const isPlain = name !== '' && name !== '.' && name !== '..' && !/[/\\\p{Cc}]/u.test(name);
  if (isPlain) return;
  throw new MlflowError(
    'MLFLOW_ARTIFACT_NAME_REFUSED',
    `The listing of ${JSON.stringify(folder)} names an artifact ${JSON.stringify(name)}: expected a plain file name.`,
  );
}

async function assertAbsent(folder: string): Promise<void> {
  const exists = await access(folder).then(
    () => true,
    () => false,
  );
  if (exists) throw new Error(`Download target ${folder} exists already: remove it or choose another.`);
}

/** Known beforehand, a download need not fill the disk that others write to as well. */
async function assertRoom(folder: string, listed: readonly ListedFile[]): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const neededBytes = listed.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0);
  const freeBytes = bavail * bsize;
  // Some network file systems tell no size at all.
  if (neededBytes <= freeBytes || blocks === 0) return;
  const message = `The artifacts are ${neededBytes} bytes; ${freeBytes} are free at ${folder}.`;
  throw Object.assign(new Error(message), { code: 'ENOSPC' });
}

/** Puts the names of its files on the disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function tooLarge(what: string): MlflowError {
  return new MlflowError('MLFLOW_DOWNLOAD_TOO_LARGE', `The artifact folder holds ${what}.`);
}

function wrongSize(file: ListedFile, came: string): MlflowError {
  return new MlflowError(
    'MLFLOW_DOWNLOAD_CORRUPT',
    `Artifact ${JSON.stringify(file.path)} is listed with ${file.sizeBytes} bytes, but ${came} came.`,
  );
}
