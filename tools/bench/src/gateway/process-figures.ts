import { readFileSync, writeFileSync } from 'node:fs';

const BYTES_A_KIB = 1024;
/** USER_HZ, which is 100 on every Linux people run this on. */
const TICKS_A_SECOND = 100;

/** Processor time a process has used, in seconds; undefined where there is no `/proc`. */
export function cpuSeconds(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name before, in parentheses, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** Memory a process holds now, in bytes; undefined where there is no `/proc`. */
export function residentBytes(pid: number): number | undefined {
  return statusBytes(pid, 'VmRSS');
}

/** The most memory it held since the last {@link forgetPeak}. */
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

function statusBytes(pid: number, field: string): number | undefined {
  const [, kib] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/status`) ?? '') ?? [];
  return kib === undefined ? undefined : Number(kib) * BYTES_A_KIB;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
