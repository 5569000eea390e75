import { constants } from 'node:fs';
import { type FileHandle, access, chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SEGMENT_MAGIC } from './record-format';
import { causeOf, SpoolError } from './spool-error';

/** Where reading goes on: everything before is acknowledged. */
export interface SpoolPosition {
  /** Number of the segment. */
  readonly segment: number;
  /** In its file. */
  readonly offset: number;
}

const SEGMENT = /^(\d{16})\.seg$/;
const POSITION_FILE = 'position.json';

/** The files of a spool: only their owner may read them. Names that appear or go are on the disk when a call returns. */
export class SpoolFolder {
  constructor(
    readonly path: string,
    private readonly isDurable: boolean,
  ) {}

  /** @throws SpoolError `SPOOL_NOT_WRITABLE` */
  async prepare(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true, mode: 0o700 });
      await chmod(this.path, 0o700).catch((error: NodeJS.ErrnoException) => {
        // A volume may belong to another user and be open to us; its files are closed to others all the same.
        if (error.code !== 'EPERM') throw error;
      });
      await access(this.path, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new SpoolError(
        'SPOOL_NOT_WRITABLE',
        `The folder ${this.path} cannot be used: ${causeOf(error)}`,
        error,
      );
    }
  }

  /** Rising. */
  async segments(): Promise<number[]> {
    const names = await readdir(this.path);
    return names
      .flatMap((name) => SEGMENT.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  fileOf(segment: number): string {
    return join(this.path, `${String(segment).padStart(16, '0')}.seg`);
  }

  /** A new segment, open for writing behind its first bytes. */
  async create(segment: number): Promise<FileHandle> {
    const handle = await open(this.fileOf(segment), 'wx+', 0o600);
    try {
      await handle.write(SEGMENT_MAGIC, 0, SEGMENT_MAGIC.length, 0);
      if (this.isDurable) await handle.sync();
      await this.syncNames();
      return handle;
    } catch (error) {
      await handle.close().catch(() => undefined);
      await rm(this.fileOf(segment), { force: true });
      throw error;
    }
  }

  async remove(segment: number): Promise<void> {
    await rm(this.fileOf(segment), { force: true });
    await this.syncNames();
  }

  /** Undefined when nothing was acknowledged yet, or the file is damaged: then everything is read again. */
  async readPosition(): Promise<SpoolPosition | undefined> {
    const text = await readFile(join(this.path, POSITION_FILE), 'utf8').catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      },
    );
    const [, segment, offset] = /^\{"segment":(\d+),"offset":(\d+)\}$/.exec(text) ?? [];
    return segment === undefined || offset === undefined
      ? undefined
      : { segment: Number(segment), offset: Number(offset) };
  }

  /**
   * Synced only when `isSynced`, as it must be before a segment is removed: else that would seem to be lost after a crash
   * of the machine. Otherwise some records are read twice then, which a spool allows.
   */
  async writePosition({ segment, offset }: SpoolPosition, isSynced: boolean): Promise<void> {
    const draft = join(this.path, `${POSITION_FILE}.new`);
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(JSON.stringify({ segment, offset }));
      if (isSynced && this.isDurable) await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(draft, join(this.path, POSITION_FILE));
    if (isSynced) await this.syncNames();
  }

  /** Names that were made, changed or removed are on the disk when it resolves. */
  async syncNames(): Promise<void> {
    if (!this.isDurable) return;
    const handle = await open(this.path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
