import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  decodeRecord,
  FORMAT_NAME,
  RECORD_HEADER_BYTES,
  SEGMENT_MAGIC,
  type SpoolRecord,
} from './record-format';
import { SpoolError } from './spool-error';

/** A piece of a segment that is not what was written. */
export interface Damage {
  readonly offset: number;
  readonly bytes: Buffer;
}

export interface SegmentScan {
  /** Whole records behind the offset the scan began at. */
  readonly records: number;
  /** Of those records. */
  readonly bytes: number;
  readonly oldestAtMs: number | undefined;
  /** Where the last whole record ends. */
  readonly endOffset: number;
  /** Pieces between whole records. */
  readonly damages: readonly Damage[];
  /** What stands behind the last whole record: an append that was cut short, or damage. */
  readonly tail: Buffer;
}

/** So that requests are answered while a spool with much in it is opened. */
const RECORDS_PER_TURN = 2_000;

/**
 * Reads a whole segment and says what is in it from `from` on.
 *
 * @throws SpoolError `SPOOL_READ_FAILED` for a format of the future; what the file system throws
 */
export async function scanSegment(file: string, from = SEGMENT_MAGIC.length): Promise<SegmentScan> {
  const bytes = await readFile(file);
  const damages: Damage[] = [];
  let records = 0;
  let recordBytes = 0;
  let oldestAtMs: number | undefined;
  let offset = hasKnownFormat(bytes, file) ? Math.max(from, SEGMENT_MAGIC.length) : 0;
  let endOffset = offset;
  while (offset < bytes.length) {
    const found = nextRecord(bytes, offset);
    if (found === undefined) break;
    if (found.offset > offset) damages.push({ offset, bytes: bytes.subarray(offset, found.offset) });
    records += 1;
    recordBytes += found.bytes;
    oldestAtMs ??= found.record.appendedAtMs;
    offset = found.offset + found.bytes;
    endOffset = offset;
    if (records % RECORDS_PER_TURN === 0) await nextTurn();
  }
  return { records, bytes: recordBytes, oldestAtMs, endOffset, damages, tail: bytes.subarray(endOffset) };
}

/** False: the beginning is damaged. What a newer program wrote must not be taken for damage. */
function hasKnownFormat(bytes: Buffer, file: string): boolean {
  const magic = bytes.subarray(0, SEGMENT_MAGIC.length);
  if (magic.equals(SEGMENT_MAGIC)) return true;
  const isOfFuture =
    magic.subarray(0, FORMAT_NAME.length).equals(FORMAT_NAME) && /[2-9]$/.test(String(magic));
  if (!isOfFuture) return false;
  const text = `${file} has the format ${String(magic)}, this program reads ${String(SEGMENT_MAGIC)}: a newer one wrote it.`;
  throw new SpoolError('SPOOL_READ_FAILED', text);
}

export interface FoundRecord {
  readonly offset: number;
  readonly bytes: number;
  readonly record: SpoolRecord;
}

/** 2001 to 2286: eight random bytes are hardly ever such a time, so a search costs no checksums. */
const EARLIEST_MS = 1e12;
const LATEST_MS = 1e13;

/** The first whole record at `start` or behind it; what is damaged is passed over byte by byte. */
export function nextRecord(bytes: Buffer, start: number): FoundRecord | undefined {
  const first = decodeRecord(bytes, start);
  if (first.kind === 'record') return { offset: start, bytes: first.bytes, record: first.record };
  for (let offset = start + 1; offset + RECORD_HEADER_BYTES <= bytes.length; offset += 1) {
    const timeMs = bytes.readDoubleLE(offset + 8);
    if (!(timeMs >= EARLIEST_MS && timeMs < LATEST_MS)) continue;
    const decoded = decodeRecord(bytes, offset);
    if (decoded.kind === 'record') return { offset, bytes: decoded.bytes, record: decoded.record };
  }
  return undefined;
}
