/** What the records of one request may take of the spool: they hold its JSON as text in JSON, which is up to twice as long. */
export function requestRoomBytes(maxBodyBytes: number): number {
  return 2 * maxBodyBytes;
}
