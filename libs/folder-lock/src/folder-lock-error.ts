/** What can be in the way of having a folder alone, and how to mend it. */
export const FOLDER_LOCK_REMEDIES = {
  FOLDER_LOCKED: 'Give each process a folder of its own, or end the other one: its lock ends with it.',
  FOLDER_NOT_LOCKABLE:
    'Install the program flock (util-linux or BusyBox) and use a file system that has locks: a local disk or NFS 4.',
} as const;

/** An expected failure of taking a lock. */
export class FolderLockError extends Error {
  readonly remedy: string;

  constructor(
    readonly code: keyof typeof FOLDER_LOCK_REMEDIES,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'FolderLockError';
    this.remedy = FOLDER_LOCK_REMEDIES[code];
  }
}
