import { FolderLockError } from '@tidegate/folder-lock';
import { ModelProblem } from './model-problem';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** Node says ENOENT when a folder and those above it cannot be made. */
const UNUSABLE = new Set(['ENOENT', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EIO', 'ELOOP', 'ENAMETOOLONG']);

/** What the disk said, as the problem it is; anything else is passed on as it is. */
export function diskProblem(error: unknown, folder: string): unknown {
  if (error instanceof ModelProblem) return error;
  if (error instanceof FolderLockError)
    return new ModelProblem('MODEL_CACHE_UNUSABLE', error.message, error, error.remedy);
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (FULL.has(code)) {
    return new ModelProblem('MODEL_CACHE_FULL', `No room for the model in ${folder}: ${message}`, error);
  }
  if (UNUSABLE.has(code)) {
    return new ModelProblem('MODEL_CACHE_UNUSABLE', `${folder} cannot be used: ${message}`, error);
  }
  return error;
}
