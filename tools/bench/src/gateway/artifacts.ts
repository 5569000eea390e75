import { spreadOf, type Spread } from '../statistics';
import { cpuSeconds, forgetPeak, peakResidentBytes, residentBytes } from '../process-figures';
import { download, upload } from './transfer';
import type { Target } from '../target';

export type Direction = 'up' | 'down';

export interface TransferRow {
  readonly label: string;
  readonly mibPerSecond: Spread;
  /** Processor time of the target for each GiB; undefined where it cannot be known. */
  readonly cpuSecondsPerGib: number | undefined;
  /** The most a transfer needed more than was held before it. */
  readonly growthMib: number | undefined;
}

export interface TransferTable {
  readonly direction: Direction;
  readonly gib: number;
  readonly rows: readonly TransferRow[];
}

interface Transfer {
  readonly mibPerSecond: number;
  readonly cpuSeconds: number | undefined;
  readonly growthMib: number | undefined;
}

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** Buffers and compiled code that a first transfer needs, however long it is. */
const WARM_UP_BYTES = 64 * MIB;
const TRANSFERS = { up: upload, down: download };

/** Whole files through each target, in turn. */
export async function measureArtifacts(
  targets: readonly Target[],
  { rounds, gib }: { rounds: number; gib: number },
): Promise<readonly TransferTable[]> {
  const bytes = Math.round(gib * GIB);
  const tables: TransferTable[] = [];
  for (const direction of ['up', 'down'] as const) {
    for (const target of targets) await TRANSFERS[direction](target, WARM_UP_BYTES);
    const measured = new Map(targets.map((target) => [target, [] as Transfer[]]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [target, transfers] of measured) transfers.push(await timed(target, direction, bytes));
    }
    const rows = [...measured].map(([{ label }, transfers]) => transferRow(label, transfers, gib));
    tables.push({ direction, gib, rows });
  }
  return tables;
}

async function timed(target: Target, direction: Direction, bytes: number): Promise<Transfer> {
  const { pid } = target;
  forgetPeak(pid);
  const heldBefore = residentBytes(pid);
  const cpuBefore = cpuSeconds(pid);
  const startedAtMs = performance.now();
  await TRANSFERS[direction](target, bytes);
  const tookMs = performance.now() - startedAtMs;
  return {
    mibPerSecond: bytes / MIB / (tookMs / 1000),
    cpuSeconds: difference(cpuSeconds(pid), cpuBefore),
    growthMib: difference(peakResidentBytes(pid), heldBefore, MIB),
  };
}

function transferRow(label: string, transfers: readonly Transfer[], gib: number): TransferRow {
  const cpu = transfers.flatMap(({ cpuSeconds: seconds }) => (seconds === undefined ? [] : [seconds / gib]));
  const growth = transfers.flatMap(({ growthMib }) => (growthMib === undefined ? [] : [growthMib]));
  return {
    label,
    mibPerSecond: spreadOf(transfers.map(({ mibPerSecond }) => mibPerSecond)),
    cpuSecondsPerGib: cpu.length === 0 ? undefined : spreadOf(cpu).median,
    growthMib: growth.length === 0 ? undefined : Math.max(...growth),
  };
}

function difference(after: number | undefined, before: number | undefined, unit = 1): number | undefined {
  return after === undefined || before === undefined ? undefined : (after - before) / unit;
}
