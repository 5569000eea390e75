const OIDS = { text: 25, json: 114 } as const;

/**
 * A one-dimensional `text[]` or `json[]` as PostgreSQL receives it in binary form: element by element with its length. The
 * text form of an array has to be quoted here and searched for quotes there, which costs as much as the insert itself.
 *
 * https://www.postgresql.org/docs/15/protocol-overview.html#PROTOCOL-FORMAT-CODES and `array_recv` of its source
 */
export function binaryArray(type: keyof typeof OIDS, values: readonly (string | null)[]): Buffer {
  const lengths = values.map((value) => (value === null ? -1 : Buffer.byteLength(value)));
  const bytes = lengths.reduce((sum, length) => sum + 4 + Math.max(length, 0), 20);
  const buffer = Buffer.allocUnsafe(bytes);
  buffer.writeInt32BE(1, 0); // dimensions
  buffer.writeInt32BE(lengths.includes(-1) ? 1 : 0, 4); // whether there are nulls
  buffer.writeInt32BE(OIDS[type], 8);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16); // lower bound
  let position = 20;
  values.forEach((value, index) => {
    const length = lengths[index] ?? -1;
    buffer.writeInt32BE(length, position);
    position += 4;
    if (value !== null) position += buffer.write(value, position, 'utf8');
  });
  return buffer;
}
