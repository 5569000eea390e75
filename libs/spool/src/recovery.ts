import { truncate } from 'node:fs/promises';
import { decodeRecord, RECORD_HEADER_BYTES, SEGMENT_MAGIC } from './record-format';
import { beginning } from './segment-reader';
import { scanSegment } from './segment-scan';
import type { SetAside } from './set-aside';
import type { SpoolFolder, SpoolPosition } from './spool-folder';

/** What a folder holds that was not acknowledged. */
export interface Recovered {
  readonly position: SpoolPosition;
  /** Never written before. */
  readonly nextSegment: number;
  readonly records: number;
  readonly bytes: number;
  readonly oldestAtMs: number | undefined;
}

/**
 * Puts the files of an earlier process in order: an append that was cut short is cut off, since nobody was told that it was
 * there; damage is set aside; what was acknowledged is removed.
 *
 * @throws SpoolError `SPOOL_READ_FAILED`; what the file system throws
 */
export async function recover(folder: SpoolFolder, aside: SetAside): Promise<Recovered> {
  const segments = await folder.segments();
  const stored = await folder.readPosition();
  const first = segments[0] ?? stored?.segment ?? 1;
  const position = stored !== undefined && stored.segment >= first ? stored : beginning(first);
  let expected = stored?.segment ?? first;
  let records = 0;
  let bytes = 0;
  let oldestAtMs: number | undefined;
  for (const segment of segments) {
    if (segment < expected) {
      await folder.remove(segment);
      continue;
    }
    if (segment > expected) aside.tellMissing(expected, segment - 1);
    expected = segment + 1;
    const from = segment === position.segment ? position.offset : SEGMENT_MAGIC.length;
    const found = await recoverSegment(folder.fileOf(segment), { segment, offset: from }, aside);
    records += found.records;
    bytes += found.bytes;
    oldestAtMs ??= found.oldestAtMs;
  }
  // Something of it was read, so it was there.
  if (stored?.segment === expected && stored.offset > SEGMENT_MAGIC.length) {
    aside.tellMissing(expected, expected);
    expected += 1;
  }
  return { position, nextSegment: expected, records, bytes, oldestAtMs };
}

async function recoverSegment(
  file: string,
  { segment, offset: from }: SpoolPosition,
  aside: SetAside,
): Promise<Pick<Recovered, 'records' | 'bytes' | 'oldestAtMs'>> {
  const scan = await scanSegment(file, from);
  for (const { offset, bytes } of scan.damages) await aside.addDamage(bytes, segment, offset);
  if (scan.tail.length > 0) {
    if (!isTorn(scan.tail)) await aside.addDamage(scan.tail, segment, scan.endOffset);
    await truncate(file, scan.endOffset);
  }
  return scan;
}

/** The beginning of a record whose rest is missing. */
function isTorn(tail: Buffer): boolean {
  return tail.length < RECORD_HEADER_BYTES || decodeRecord(tail, 0).kind === 'incomplete';
}
