import { type Clock, systemClock } from '@tidegate/clock';
import { FolderLock, FolderLockError } from '@tidegate/folder-lock';
import { recordBytes, recordsBytes, type SpoolRecord } from './record-format';
import { recover } from './recovery';
import { beginning, type ReadLimits, type ReadPiece, SegmentReader } from './segment-reader';
import { SegmentWriter } from './segment-writer';
import { SetAside, type SetAsideEntry } from './set-aside';
import { causeOf, SpoolError, type SpoolErrorCode } from './spool-error';
import { SpoolFolder, type SpoolPosition } from './spool-folder';

/** Told what a person should know; must not throw. */
export interface SpoolObserver {
  /** What is in `set-aside*.ndjson` now: bytes that are not what was written, or a record. Not `isKept`: a file is missing. */
  onSetAside(reason: string, bytes: number, isKept: boolean): void;
  /** The folder was removed or replaced: nothing more is written or read. */
  onLost(cause: string): void;
}

export interface SpoolOptions {
  /** Made when it is missing, for its owner only; no other process may use it. */
  readonly folder: string;
  /** Of all records that wait; half as much beside it, and at least 64 MiB, may be set aside. */
  readonly maxBytes: number;
  /** A file is closed and the next one begun beyond this. @default 16 MiB */
  readonly segmentBytes?: number;
  /** Whether an append is on the disk when it resolves; false: in the hands of the operating system. @default true */
  readonly isDurable?: boolean;
  readonly observer?: SpoolObserver;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** Records that were read together; they stay until `remove`. */
export interface SpoolBatch {
  /** At least one. */
  readonly records: readonly SpoolRecord[];
  /** Behind the last of them. */
  readonly end: SpoolPosition;
}

/** What waits now. */
export interface SpoolStats {
  readonly records: number;
  readonly bytes: number;
  /** Unix milliseconds of the oldest append that waits. */
  readonly oldestAtMs: number | undefined;
  /** Since it was opened. */
  readonly setAside: number;
}

interface Append {
  readonly payloads: readonly Uint8Array[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: SpoolError) => void;
}

const LEAST_SET_ASIDE_BYTES = 64 * 1024 * 1024;
/** A file this small may stay with nothing but acknowledged records in it. */
const SMALL_SEGMENT_BYTES = 64 * 1024;
/** More goes to the next write, so that none holds up the event loop. */
const MAX_WRITE_BYTES = 1024 * 1024;

/**
 * A queue of records on disk that survives a crash of the process and, when durable, of the machine. Records come back in
 * order, each at least once: one that was read but not removed comes again after a restart.
 */
export class Spool {
  private readonly clock: Clock;
  private readonly aside: SetAside;
  private readonly waiting: Append[] = [];
  private readonly reader: SegmentReader;
  /** Positions mean nothing in another spool. */
  private readonly given = new WeakSet<SpoolBatch>();
  private isWriting = false;
  private idle: Promise<void> = Promise.resolve();
  private closedBecause: string | undefined;
  private records = 0;
  private bytes = 0;
  private oldestAtMs: number | undefined;
  private position: SpoolPosition = { segment: 0, offset: 0 };
  private writer: SegmentWriter;
  private lock: FolderLock | undefined;

  private constructor(
    private readonly options: SpoolOptions,
    private readonly folder: SpoolFolder,
  ) {
    this.clock = options.clock ?? systemClock;
    this.aside = new SetAside(folder, {
      isDurable: options.isDurable ?? true,
      clock: this.clock,
      maxBytes: mostSetAsideBytes(options.maxBytes),
      onSetAside: (...told) => options.observer?.onSetAside(...told),
    });
    this.reader = new SegmentReader(folder);
    this.writer = this.newWriter(1);
  }

  /**
   * Opens what is in the folder: an append that was cut short by a crash is cut off, damaged pieces are set aside.
   *
   * @throws SpoolError `SPOOL_LOCKED`, `SPOOL_NOT_LOCKABLE`, `SPOOL_NOT_WRITABLE`, `SPOOL_READ_FAILED`,
   *   `SPOOL_SET_ASIDE_FULL`
   */
  static async open(options: SpoolOptions): Promise<Spool> {
    const folder = new SpoolFolder(options.folder, options.isDurable ?? true);
    await folder.prepare();
    const spool = new Spool(options, folder);
    try {
      spool.lock = await FolderLock.take(folder.path);
      spool.lock.watch(spool.clock, (cause) => spool.lost(cause));
      await spool.recover();
      return spool;
    } catch (error) {
      await spool.lock?.release();
      if (error instanceof SpoolError) throw error;
      if (error instanceof FolderLockError) throw lockProblem(error);
      const code = isForbidden(error) ? 'SPOOL_NOT_WRITABLE' : 'SPOOL_READ_FAILED';
      throw new SpoolError(code, `The spool in ${folder.path} cannot be opened: ${causeOf(error)}`, error);
    }
  }

  stats(): SpoolStats {
    const { records, bytes, oldestAtMs, aside } = this;
    return { records, bytes, oldestAtMs, setAside: aside.count };
  }

  /** Whether records of `bytes` in all would be taken now. */
  hasRoomFor(bytes: number): boolean {
    return this.closedBecause === undefined && this.bytes + bytes <= this.options.maxBytes;
  }

  /**
   * Resolves when all of them are on the disk; either all or none are taken. Appends that wait at the same time share a
   * write and a sync.
   *
   * @throws SpoolError `SPOOL_FULL`, `SPOOL_WRITE_FAILED`, `SPOOL_CLOSED`
   */
  append(payloads: readonly Uint8Array[]): Promise<void> {
    if (this.closedBecause !== undefined) return Promise.reject(this.closed());
    if (payloads.length === 0) return Promise.resolve();
    const bytes = recordsBytes(payloads);
    if (!this.hasRoomFor(bytes)) {
      const text = `${this.bytes} bytes wait in ${this.folder.path}, ${bytes} more would pass its quota of ${this.options.maxBytes}.`;
      return Promise.reject(new SpoolError('SPOOL_FULL', text));
    }
    this.bytes += bytes;
    return new Promise((resolve, reject) => {
      this.waiting.push({ payloads, bytes, resolve, reject });
      if (!this.isWriting) this.idle = this.writeWaiting();
    });
  }

  /**
   * The oldest records, in order; undefined when none wait.
   *
   * @throws SpoolError `SPOOL_READ_FAILED`, `SPOOL_SET_ASIDE_FULL`, `SPOOL_CLOSED`
   */
  async peek(limits: ReadLimits): Promise<SpoolBatch | undefined> {
    if (this.closedBecause !== undefined) throw this.closed();
    const records: SpoolRecord[] = [];
    let end = this.position;
    let bytes = 0;
    try {
      while (records.length < limits.maxRecords && (records.length === 0 || bytes < limits.maxBytes)) {
        const maxRecords = limits.maxRecords - records.length;
        const maxBytes = limits.maxBytes - bytes;
        const piece = await this.reader.read(end, this.writer.end, { maxRecords, maxBytes });
        if (piece === undefined) break;
        await this.noteDamage(piece, end.segment);
        records.push(...piece.records);
        bytes += piece.bytes;
        end = piece.end;
      }
      if (records.length > 0) return this.give({ records, end });
      if (this.isAllBefore(end)) {
        this.nothingWaits();
        if (isBefore(this.position, end)) await this.advance(end);
      }
      return undefined;
    } catch (error) {
      throw this.failure('SPOOL_READ_FAILED', 'Reading from', error);
    }
  }

  /**
   * Takes a batch out, and what stands before it; one that is out already, or that another spool gave, is left alone.
   * Whatever it throws, the batch is out for this process, and may come again after a restart.
   *
   * @throws SpoolError `SPOOL_WRITE_FAILED`, `SPOOL_CLOSED`
   */
  async remove(batch: SpoolBatch): Promise<void> {
    const { records, end } = batch;
    if (this.closedBecause !== undefined) throw this.closed();
    if (!this.given.has(batch) || !isBefore(this.position, end)) return;
    this.records -= records.length;
    for (const { payload } of records) this.bytes -= recordBytes(payload);
    this.oldestAtMs = records.at(-1)?.appendedAtMs;
    if (this.isAllBefore(end)) this.nothingWaits();
    try {
      await this.advance(end);
      await this.dropWhenEmpty();
    } catch (error) {
      throw this.failure('SPOOL_WRITE_FAILED', 'Writing to', error);
    }
  }

  /**
   * Keeps what its receiver refuses for good where a person finds it, all of it or nothing. Remove its batch afterwards, and
   * only when this has resolved: else it would be lost.
   *
   * @throws SpoolError `SPOOL_SET_ASIDE_FULL`, `SPOOL_WRITE_FAILED`
   */
  async setAside(refused: readonly SetAsideEntry[]): Promise<void> {
    await this.aside.add(refused).catch((error: unknown) => {
      throw this.failure('SPOOL_WRITE_FAILED', 'Writing to', error);
    });
  }

  /** Finishes what is being written and gives the folder free; records that wait stay in it. */
  async close(): Promise<void> {
    this.closedBecause ??= 'it was closed';
    await this.idle;
    try {
      await this.reader.close();
      await this.writer.seal();
    } finally {
      await this.lock?.release();
    }
  }

  private async writeWaiting(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const appends = this.waiting.splice(0, this.nextWriteCount());
      const payloads = appends.flatMap((append) => append.payloads);
      try {
        await this.writer.write(payloads, this.clock.nowMs());
        this.records += payloads.length;
        this.oldestAtMs ??= this.clock.nowMs();
        for (const append of appends) append.resolve();
      } catch (error) {
        for (const append of appends) {
          this.bytes -= append.bytes;
          append.reject(error as SpoolError);
        }
      }
    }
    this.isWriting = false;
  }

  private nextWriteCount(): number {
    let bytes = 0;
    const last = this.waiting.findIndex((append) => (bytes += append.bytes) >= MAX_WRITE_BYTES);
    return last < 0 ? this.waiting.length : last + 1;
  }

  private give(batch: SpoolBatch): SpoolBatch {
    this.given.add(batch);
    return batch;
  }

  private async noteDamage({ damages, isMissing }: ReadPiece, segment: number): Promise<void> {
    if (isMissing) this.aside.tellMissing(segment, segment);
    for (const { offset, bytes } of damages) await this.aside.addDamage(bytes, segment, offset);
  }

  private isAllBefore(position: SpoolPosition): boolean {
    return !this.isWriting && !isBefore(position, this.writer.end);
  }

  /** Set, not counted down to: pieces may have been lost whose records nobody could count. */
  private nothingWaits(): void {
    this.records = 0;
    this.bytes = 0;
    this.oldestAtMs = undefined;
  }

  /** The position first: a segment that is gone before it would seem to be lost. */
  private async advance(end: SpoolPosition): Promise<void> {
    const { segment: first } = this.position;
    this.position = end;
    await this.folder.writePosition(end, first !== end.segment);
    for (let segment = first; segment < end.segment; segment += 1) {
      await this.reader.leave(segment);
      await this.folder.remove(segment);
    }
  }

  /** The newest segment would keep its acknowledged records for as long as little is appended. */
  private async dropWhenEmpty(): Promise<void> {
    const { segment, offset } = this.writer.end;
    const isAllRead = this.position.segment === segment && this.position.offset === offset;
    if (!isAllRead || this.isWriting || offset < SMALL_SEGMENT_BYTES) return;
    await this.writer.seal();
    if (!this.isWriting) await this.advance(beginning(segment + 1));
  }

  private newWriter(segment: number): SegmentWriter {
    const { segmentBytes = 16 * 1024 * 1024, isDurable = true } = this.options;
    return new SegmentWriter(this.folder, segment, { segmentBytes, isDurable });
  }

  private async recover(): Promise<void> {
    const { position, nextSegment, records, bytes, oldestAtMs } = await recover(this.folder, this.aside);
    this.position = position;
    this.writer = this.newWriter(nextSegment);
    this.records = records;
    this.bytes = bytes;
    this.oldestAtMs = oldestAtMs;
  }

  private lost(cause: string): void {
    this.closedBecause ??= cause;
    this.options.observer?.onLost(cause);
  }

  private failure(code: SpoolErrorCode, what: string, error: unknown): SpoolError {
    if (error instanceof SpoolError) return error;
    return new SpoolError(code, `${what} ${this.folder.path} failed: ${causeOf(error)}`, error);
  }

  private closed(): SpoolError {
    return new SpoolError(
      'SPOOL_CLOSED',
      `The spool in ${this.folder.path} is closed: ${this.closedBecause}.`,
    );
  }
}

/** A disk with twice the room of what may wait holds both, and the files of segments that are nearly done. */
function mostSetAsideBytes(maxBytes: number): number {
  return Math.max(Math.floor(maxBytes / 2), LEAST_SET_ASIDE_BYTES);
}

function lockProblem(error: FolderLockError): SpoolError {
  const code = error.code === 'FOLDER_LOCKED' ? 'SPOOL_LOCKED' : 'SPOOL_NOT_LOCKABLE';
  return new SpoolError(code, error.message, error);
}

function isBefore(one: SpoolPosition, other: SpoolPosition): boolean {
  return one.segment < other.segment || (one.segment === other.segment && one.offset < other.offset);
}

function isForbidden(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
}
