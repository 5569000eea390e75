import type { FileHandle } from 'node:fs/promises';
import { encodeRecords, SEGMENT_MAGIC } from './record-format';
import { causeOf, SpoolError } from './spool-error';
import type { SpoolFolder, SpoolPosition } from './spool-folder';

export interface SegmentWriterOptions {
  readonly segmentBytes: number;
  readonly isDurable: boolean;
}

/**
 * Writes records to the newest segment. Nothing that was not written and synced whole is ever read: after a failure the
 * segment is cut back and closed, since the operating system forgets which pages a failed sync lost.
 */
export class SegmentWriter {
  private handle: FileHandle | undefined;
  private offset = 0;

  constructor(
    private readonly folder: SpoolFolder,
    /** The number of the segment that is written, or will be. */
    private segment: number,
    private readonly options: SegmentWriterOptions,
  ) {}

  /** The end of what is on the disk. */
  get end(): SpoolPosition {
    return { segment: this.segment, offset: this.offset };
  }

  /** Resolves when all of it is on the disk. @throws SpoolError `SPOOL_WRITE_FAILED`; then none of it is. */
  async write(payloads: readonly Uint8Array[], nowMs: number): Promise<void> {
    const bytes = encodeRecords(payloads, nowMs);
    try {
      this.handle ??= await this.begin();
      await writeAll(this.handle, bytes, this.offset);
      if (this.options.isDurable) await this.handle.datasync();
    } catch (error) {
      await this.cutBack();
      throw new SpoolError(
        'SPOOL_WRITE_FAILED',
        `Writing to ${this.folder.path} failed: ${causeOf(error)}`,
        error,
      );
    }
    this.offset += bytes.length;
    if (this.offset >= this.options.segmentBytes) await this.sealAnyway();
  }

  /** The next write begins a new segment. */
  async seal(): Promise<void> {
    const { handle } = this;
    if (handle === undefined) return;
    this.handle = undefined;
    this.segment += 1;
    this.offset = 0;
    await handle.close();
  }

  private async begin(): Promise<FileHandle> {
    const handle = await this.folder.create(this.segment);
    this.offset = SEGMENT_MAGIC.length;
    return handle;
  }

  /** What stays behind the end when this fails, too, is found when the spool is opened; it was never acknowledged. */
  private async cutBack(): Promise<void> {
    if (this.handle === undefined) return;
    const isCut = await this.handle.truncate(this.offset).then(
      () => true,
      () => false,
    );
    // One with nothing in it is used again: a full disk must not get an empty file for each attempt.
    if (!isCut || this.offset > SEGMENT_MAGIC.length) await this.sealAnyway();
  }

  /** What was synced is there, whatever closing the file says. */
  private async sealAnyway(): Promise<void> {
    await this.seal().catch(() => undefined);
  }
}

/** Short writes happen on a nearly full disk. */
async function writeAll(handle: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, offset + written);
    if (bytesWritten === 0) throw new Error('no byte was written');
    written += bytesWritten;
  }
}
