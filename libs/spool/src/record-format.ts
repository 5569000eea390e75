import { crc32 } from 'node:zlib';

/**
 * A segment file is `TGSPOOL1`, then records: CRC-32 of what follows (4 bytes), length of the payload (4), time of the
 * append in Unix milliseconds (8, floating), payload. Numbers are little-endian.
 */
export const SEGMENT_MAGIC = Buffer.from('TGSPOOL1');
/** What every version of the format begins with. */
export const FORMAT_NAME = SEGMENT_MAGIC.subarray(0, 7);
export const RECORD_HEADER_BYTES = 16;

export interface SpoolRecord {
  readonly payload: Buffer;
  /** Unix milliseconds. */
  readonly appendedAtMs: number;
}

/** What stands at a position of a segment: a record, or something that is none (yet, if bytes are missing). */
export type Decoded =
  | { readonly kind: 'record'; readonly record: SpoolRecord; readonly bytes: number }
  | { readonly kind: 'incomplete' | 'damaged'; readonly bytes: number };

export function recordBytes(payload: Uint8Array): number {
  return RECORD_HEADER_BYTES + payload.byteLength;
}

export function recordsBytes(payloads: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const payload of payloads) bytes += recordBytes(payload);
  return bytes;
}

/** The records as they stand in a segment. */
export function encodeRecords(payloads: readonly Uint8Array[], appendedAtMs: number): Buffer {
  const bytes = Buffer.allocUnsafe(recordsBytes(payloads));
  let offset = 0;
  for (const payload of payloads) {
    const end = offset + recordBytes(payload);
    bytes.writeUInt32LE(payload.byteLength, offset + 4);
    bytes.writeDoubleLE(appendedAtMs, offset + 8);
    bytes.set(payload, offset + RECORD_HEADER_BYTES);
    bytes.writeUInt32LE(crc32(bytes.subarray(offset + 4, end)), offset);
    offset = end;
  }
  return bytes;
}

/** `bytes` of the result: what the record takes, by its length. */
export function decodeRecord(bytes: Buffer, offset: number): Decoded {
  const left = bytes.length - offset;
  if (left < RECORD_HEADER_BYTES) return { kind: 'incomplete', bytes: RECORD_HEADER_BYTES };
  const total = RECORD_HEADER_BYTES + bytes.readUInt32LE(offset + 4);
  if (left < total) return { kind: 'incomplete', bytes: total };
  const end = offset + total;
  if (crc32(bytes.subarray(offset + 4, end)) !== bytes.readUInt32LE(offset))
    return { kind: 'damaged', bytes: total };
  const payload = bytes.subarray(offset + RECORD_HEADER_BYTES, end);
  return { kind: 'record', record: { payload, appendedAtMs: bytes.readDoubleLE(offset + 8) }, bytes: total };
}
