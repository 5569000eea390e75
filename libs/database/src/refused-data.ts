import { DatabaseError } from 'pg';

/** 22 data exception, 23 constraint violated, 54 program limit exceeded (a value too large for an index). */
const REFUSED_DATA_CLASSES: ReadonlySet<string> = new Set(['22', '23', '54']);

/** Whether the server refused the data itself: sending the same again fails again, other data may pass. */
export function isRefusedData(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && REFUSED_DATA_CLASSES.has((error.code ?? '').slice(0, 2));
}
