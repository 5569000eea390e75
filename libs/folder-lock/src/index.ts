export { FolderLock } from './folder-lock';
export { FOLDER_LOCK_REMEDIES, FolderLockError } from './folder-lock-error';
