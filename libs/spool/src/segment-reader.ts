import { type FileHandle, open } from 'node:fs/promises';
import { decodeRecord, SEGMENT_MAGIC, type SpoolRecord } from './record-format';
import { type Damage, nextRecord } from './segment-scan';
import type { SpoolFolder, SpoolPosition } from './spool-folder';

export interface ReadLimits {
  readonly maxRecords: number;
  /** Of the records with their headers; one larger record is read all the same. */
  readonly maxBytes: number;
}

/** What stands in one segment from a position on. */
export interface ReadPiece {
  readonly records: readonly SpoolRecord[];
  readonly bytes: number;
  /** Where reading goes on. */
  readonly end: SpoolPosition;
  readonly damages: readonly Damage[];
  /** The file of the segment is gone. */
  readonly isMissing: boolean;
}

const READ_BYTES = 256 * 1024;

/** Reads records in order, a piece of a file at a time. */
export class SegmentReader {
  private current: { readonly segment: number; readonly handle: FileHandle } | undefined;

  constructor(private readonly folder: SpoolFolder) {}

  /**
   * Records of the segment of `from`; none when only a step to the next segment was made.
   *
   * @param written the end of what may be read
   * @returns undefined at that end
   */
  async read(
    from: SpoolPosition,
    written: SpoolPosition,
    limits: ReadLimits,
  ): Promise<ReadPiece | undefined> {
    const isNewest = from.segment === written.segment;
    if (from.segment > written.segment || (isNewest && from.offset >= written.offset)) return undefined;
    const handle = await this.handleOf(from.segment);
    if (handle === undefined) return { ...NOTHING, end: beginning(from.segment + 1), isMissing: true };
    const limit = isNewest ? written.offset : (await handle.stat()).size;
    const piece = await this.readPiece(handle, from, limit, limits);
    return piece.end.offset >= limit && !isNewest ? { ...piece, end: beginning(from.segment + 1) } : piece;
  }

  /** Before its file is removed. */
  async leave(segment: number): Promise<void> {
    if (this.current?.segment === segment) await this.close();
  }

  async close(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    await current?.handle.close();
  }

  private async readPiece(
    handle: FileHandle,
    { segment, offset: start }: SpoolPosition,
    limit: number,
    { maxRecords, maxBytes }: ReadLimits,
  ): Promise<ReadPiece> {
    const chunk = await this.chunkWithRecord(handle, start, limit);
    const records: SpoolRecord[] = [];
    const damages: Damage[] = [];
    let bytes = 0;
    let offset = 0;
    while (records.length < maxRecords && (records.length === 0 || bytes < maxBytes)) {
      const decoded = decodeRecord(chunk, offset);
      // The rest of it, or of what comes behind damage, may be behind this piece: the next one begins with it.
      if (decoded.kind !== 'record' && records.length > 0 && start + chunk.length < limit) break;
      const found = nextRecord(chunk, offset);
      const foundAt = found?.offset ?? chunk.length;
      if (foundAt > offset) damages.push({ offset: start + offset, bytes: chunk.subarray(offset, foundAt) });
      if (found === undefined) {
        offset = chunk.length;
        break;
      }
      records.push(found.record);
      bytes += found.bytes;
      offset = found.offset + found.bytes;
    }
    return { records, bytes, damages, end: { segment, offset: start + offset }, isMissing: false };
  }

  /** As much as holds the next record whole; where it is damaged, all the rest. */
  private async chunkWithRecord(handle: FileHandle, start: number, limit: number): Promise<Buffer> {
    const chunk = await bytesAt(handle, start, Math.min(limit - start, READ_BYTES));
    const first = decodeRecord(chunk, 0);
    if (first.kind === 'record' || chunk.length >= limit - start) return chunk;
    if (first.kind === 'incomplete' && start + first.bytes <= limit) {
      const whole = await bytesAt(handle, start, first.bytes);
      if (decodeRecord(whole, 0).kind === 'record') return whole;
    }
    return bytesAt(handle, start, limit - start);
  }

  private async handleOf(segment: number): Promise<FileHandle | undefined> {
    if (this.current?.segment === segment) return this.current.handle;
    await this.close();
    const handle = await open(this.folder.fileOf(segment), 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (handle !== undefined) this.current = { segment, handle };
    return handle;
  }
}

/** Where the first record of a segment is. */
export function beginning(segment: number): SpoolPosition {
  return { segment, offset: SEGMENT_MAGIC.length };
}

const NOTHING: Omit<ReadPiece, 'end'> = { records: [], bytes: 0, damages: [], isMissing: false };

async function bytesAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.max(0, length));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
  return buffer.subarray(0, bytesRead);
}
