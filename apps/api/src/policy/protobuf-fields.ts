/** One length-delimited field of a protobuf message. */
export interface ProtobufField {
  readonly number: number;
  readonly bytes: Buffer;
}

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;
const MAX_UINT_32 = 0xffff_ffff;

/**
 * The length-delimited fields of a message in their order; others are skipped.
 *
 * @returns undefined when the bytes are not a protobuf message
 */
export function protobufFields(bytes: Buffer): ProtobufField[] | undefined {
  const fields: ProtobufField[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = varintAt(bytes, at);
    if (tag === undefined || tag.value > MAX_UINT_32 || tag.value < 8) return undefined;
    const content = contentAt(bytes, tag.end, tag.value % 8);
    if (content === undefined) return undefined;
    if (tag.value % 8 === LENGTH_DELIMITED)
      fields.push({ number: Math.floor(tag.value / 8), bytes: bytes.subarray(content.start, content.end) });
    at = content.end;
  }
  return fields;
}

function contentAt(bytes: Buffer, at: number, wireType: number): { start: number; end: number } | undefined {
  let start = at;
  let end: number | undefined;
  if (wireType === VARINT) end = varintAt(bytes, at)?.end;
  else if (wireType === FIXED_64) end = at + 8;
  else if (wireType === FIXED_32) end = at + 4;
  else if (wireType === LENGTH_DELIMITED) {
    const length = varintAt(bytes, at);
    start = length?.end ?? at;
    end = length && length.end + length.value;
  }
  return end === undefined || end > bytes.length ? undefined : { start, end };
}

/** Beyond 53 bits the value is not exact; such values are skipped or too large anyway. */
function varintAt(bytes: Buffer, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let length = 0; length < 10; length += 1) {
    const byte = bytes[start + length];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * length);
    if (byte < 0x80) return { value, end: start + length + 1 };
  }
  return undefined;
}
