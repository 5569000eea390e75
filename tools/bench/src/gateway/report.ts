import { machineLine, type Machine } from '../machine';
import { isReached } from '../goal';
import { markdownTable } from '../markdown-table';
import type { PartFailure } from '../part-attempts';
import { goalText, probeText, rateText, spreadText, titled, whole } from '../report-text';
import type { TransferTable } from './artifacts';
import { goalsOf, type Measured } from './goals';
import { LABELS } from './labels';
import type { LatencyRow } from './latency';

export interface Run {
  readonly machine: Machine;
  /** Which part ran on which core. */
  readonly cores: string;
  /** Peers this machine does not have. */
  readonly notInstalled: readonly string[];
  readonly measured: Measured;
  readonly failures: readonly PartFailure[];
}

/** Markdown: a table for each kind of figure, then the goals. */
export function textReport({ machine, cores, notInstalled, measured }: Run): string {
  const { rates, latency, probes, artifacts } = measured;
  return [
    `${machineLine(machine)}\n${cores}; median of the rounds, smallest to largest beside it`,
    ...rates.map((table) => rateText(table, { title: '÷ bare', label: LABELS.bare, notInstalled })),
    latencyText(latency),
    probeText('the gateway', probes),
    ...artifacts.map(transferText),
    goalText(goalsOf(measured)),
  ].join('\n\n');
}

export function jsonReport(run: Run): string {
  const goals = goalsOf(run.measured).map((goal) => ({ ...goal, isReached: isReached(goal) }));
  return JSON.stringify({ ...run, goals }, undefined, 2);
}

function latencyText(rows: readonly LatencyRow[]): string {
  return titled(
    'One request after the other (GET runs/get, 1 connection)',
    markdownTable(
      ['', 'p50 ms', 'spread', 'added p50 ms', 'p99 ms'],
      rows.map(({ label, p50Ms, addedP50Ms, p99Ms }) => [
        label,
        fine(p50Ms.median),
        spreadText(p50Ms, fine),
        fine(addedP50Ms.median),
        fine(p99Ms.median),
      ]),
    ),
  );
}

function transferText({ direction, gib, rows }: TransferTable): string {
  return titled(
    `Artifact of ${gib} GiB ${direction}`,
    markdownTable(
      ['', 'MiB/s', 'spread', 'CPU s/GiB', 'memory growth MiB'],
      rows.map(({ label, mibPerSecond, cpuSecondsPerGib, growthMib }) => [
        label,
        whole(mibPerSecond.median),
        spreadText(mibPerSecond, whole),
        cpuSecondsPerGib?.toFixed(2) ?? '',
        growthMib === undefined ? '' : growthMib.toFixed(0),
      ]),
    ),
  );
}

function fine(ms: number): string {
  return ms.toFixed(3);
}
