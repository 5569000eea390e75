import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { hostEnvironment } from '@tidegate/local-parts';

/** Where Debian puts servers; not in the path of everybody. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/** The full path of a program, or undefined when this machine has none of that name. */
export function findProgram(name: string): string | undefined {
  const folders = [...(hostEnvironment().PATH ?? '').split(path.delimiter), ...MORE_FOLDERS];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
