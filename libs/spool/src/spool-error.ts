import { FOLDER_LOCK_REMEDIES } from '@tidegate/folder-lock';

/** What can go wrong with a spool, and how to mend it. */
const REMEDIES = {
  SPOOL_LOCKED: FOLDER_LOCK_REMEDIES.FOLDER_LOCKED,
  SPOOL_NOT_LOCKABLE: FOLDER_LOCK_REMEDIES.FOLDER_NOT_LOCKABLE,
  SPOOL_NOT_WRITABLE: 'Let the process create and write files in the folder, or choose another one.',
  SPOOL_FULL: 'Bring the receiver back, so that the spool drains, or raise its quota.',
  SPOOL_WRITE_FAILED: 'Check the disk of the folder: space, quota and health.',
  SPOOL_SET_ASIDE_FULL:
    'Look at the files set-aside*.ndjson in the folder, send again what can be mended, and move them elsewhere.',
  SPOOL_READ_FAILED: 'Check the disk of the folder and the rights of its files.',
  SPOOL_CLOSED: 'Open it again: it was closed, or lost its folder to another process.',
} as const;

export type SpoolErrorCode = keyof typeof REMEDIES;

/** An expected failure of a spool. */
export class SpoolError extends Error {
  readonly remedy: string;

  constructor(
    readonly code: SpoolErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'SpoolError';
    this.remedy = REMEDIES[code];
  }
}

/** What the operating system said, in a few words. */
export function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
