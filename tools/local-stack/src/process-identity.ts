import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What tells a process from every other one that had or will have its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, as a text to compare. */
  readonly start: string;
  /** Its working folder when it was recorded, where the system tells (Linux). */
  readonly folder?: string | undefined;
}

/** Undefined when no such process runs. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  const start = processStart(pid);
  return start === undefined ? undefined : { pid, start, folder: workingFolder(pid) };
}

/** Whether the very process that was recorded still runs. */
export function isRunning({ pid, start }: ProcessIdentity): boolean {
  return processStart(pid) === start;
}

/**
 * Whether anything is left of the process group that the recorded process led: itself, or what it had started and
 * that outlived it (a killed MLflow leaves its worker). Such a remnant counts only when it works in the leader's
 * folder: the number alone could by now be another group's.
 */
export function isGroupLeft(leader: ProcessIdentity): boolean {
  if (isRunning(leader)) return true;
  if (processStart(leader.pid) !== undefined || leader.folder === undefined) return false;
  return allProcesses().some((pid) => groupOf(pid) === leader.pid && workingFolder(pid) === leader.folder);
}

function processStart(pid: number): string | undefined {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

function startFromProc(pid: number): string | undefined {
  const fields = statFields(pid);
  if (fields === undefined) return undefined;
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  // Clock ticks since the boot.
  return `${bootId}/${fields[19]}`;
}

function startFromPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

function groupOf(pid: number): number | undefined {
  const group = statFields(pid)?.[2];
  return group === undefined ? undefined : Number(group);
}

/** The fields of /proc/<pid>/stat from the third (state) on; undefined when the process is gone or a zombie. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program name before the state may hold blanks and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields;
  } catch {
    return undefined;
  }
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function allProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}
