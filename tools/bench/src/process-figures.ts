import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const BYTES_A_KIB = 1024;
/** USER_HZ, which is 100 on every Linux people run this on. */
const TICKS_A_SECOND = 100;

/**
 * Processor time that a process and what it started have used, in seconds: every process of the family that still runs.
 * Undefined where there is no `/proc`.
 */
export function cpuSeconds(pid: number): number | undefined {
  const figures = familyOf(pid);
  return figures.length === 0 ? undefined : sum(figures.map(({ cpu }) => cpu));
}

/** Memory they hold now, in bytes; undefined where there is no `/proc`. Pages that several of them map count several times. */
export function residentBytes(pid: number): number | undefined {
  const held = familyOf(pid).flatMap((one) => statusBytes(one.pid, 'VmRSS') ?? []);
  return held.length === 0 ? undefined : sum(held);
}

/** The most memory one process held since the last {@link forgetPeak}. */
export function peakResidentBytes(pid: number): number | undefined {
  return statusBytes(pid, 'VmHWM');
}

export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Without it the peak is the one since the start: never less than what is asked for.
  }
}

interface ProcessFigures {
  readonly pid: number;
  readonly parent: number;
  readonly cpu: number;
}

/** A process with its children and theirs, in whatever process group they are. */
function familyOf(pid: number): ProcessFigures[] {
  const all = processIds().flatMap((one) => figuresOf(one) ?? []);
  const family = all.filter((one) => one.pid === pid);
  // Grows while it is walked.
  for (const { pid: parent } of family) family.push(...all.filter((one) => one.parent === parent));
  return family;
}

function figuresOf(pid: number): ProcessFigures | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name before, in parentheses, may hold spaces. After it: state, parent, …
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const cpu = (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  return { pid, parent: Number(fields[1]), cpu };
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function statusBytes(pid: number, field: string): number | undefined {
  const [, kib] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/status`) ?? '') ?? [];
  return kib === undefined ? undefined : Number(kib) * BYTES_A_KIB;
}

/** Undefined also for a process that has just ended. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
