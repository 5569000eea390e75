import { cpus, loadavg, totalmem } from 'node:os';

/** What a figure is worth nothing without. */
export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  /** Processes that wanted to run in the last minute: others than ours make figures noisy. */
  readonly loadBefore: number;
}

export function describeMachine(now: Date): Machine {
  const [first, ...others] = cpus();
  return {
    date: now.toISOString(),
    node: process.version,
    cores: others.length + 1,
    cpu: first?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

export function machineLine({ date, node, cores, cpu, memoryGiB, loadBefore }: Machine): string {
  return `${date}, Node ${node}, ${cores} × ${cpu}, ${memoryGiB} GiB, load ${loadBefore} before`;
}
