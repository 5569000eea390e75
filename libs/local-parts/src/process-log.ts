import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync } from 'node:fs';
import path from 'node:path';

const TAIL_BYTES = 64 * 1024;

/** Opens an empty log for a new start and keeps the one of the start before as `<logFile>.1`. */
export function openProcessLog(logFile: string): number {
  mkdirSync(path.dirname(logFile), { recursive: true });
  try {
    renameSync(logFile, `${logFile}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // Owner only: servers print connection settings when they fail.
  return openSync(logFile, 'a', 0o600);
}

/** The last `count` lines of a log, without reading all of a big one; empty when there is no such file. */
export function lastLogLines(logFile: string, count: number): string {
  let fd: number;
  try {
    fd = openSync(logFile, 'r');
  } catch {
    return '';
  }
  try {
    const size = fstatSync(fd).size;
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(fd, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8').trimEnd().split('\n').slice(-count).join('\n');
  } finally {
    closeSync(fd);
  }
}
