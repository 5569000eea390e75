import { machineLine, type Machine } from '../machine';
import { markdownTable } from '../markdown-table';
import type { Spread } from '../statistics';
import type { TransferTable } from './artifacts';
import { goalsOf, isReached, type Goal, type Measured } from './goals';
import { LABELS } from './labels';
import type { LatencyRow } from './latency';
import type { ProbeTable } from './probes';
import type { RateTable } from './rates';

export interface Run {
  readonly machine: Machine;
  /** Which part ran on which core. */
  readonly cores: string;
  /** Peers this machine does not have. */
  readonly notInstalled: readonly string[];
  readonly measured: Measured;
}

/** Markdown: a table for each kind of figure, then the goals. */
export function textReport({ machine, cores, notInstalled, measured }: Run): string {
  const { rates, latency, probes, artifacts } = measured;
  return [
    `${machineLine(machine)}\n${cores}; median of the rounds, smallest to largest beside it`,
    ...rates.map((table) => rateText(table, notInstalled)),
    latencyText(latency),
    probeText(probes),
    ...artifacts.map(transferText),
    goalText(goalsOf(measured)),
  ].join('\n\n');
}

export function jsonReport(run: Run): string {
  const goals = goalsOf(run.measured).map((goal) => ({ ...goal, isReached: isReached(goal) }));
  return JSON.stringify({ ...run, goals }, undefined, 2);
}

function rateText({ scenario, connections, rows }: RateTable, notInstalled: readonly string[]): string {
  const header = ['', 'requests/s', 'spread', '÷ bare', 'p50 ms', 'p99 ms', 'CPU µs/request'];
  const bare = rows.find(({ label }) => label === LABELS.bare)?.perSecond.median ?? NaN;
  return titled(
    `${scenario}, ${connections} connections`,
    markdownTable(header, [
      ...rows.map(({ label, perSecond, p50Ms, p99Ms, cpuUs }) => [
        label,
        whole(perSecond.median),
        spreadText(perSecond, whole),
        (perSecond.median / bare).toFixed(2),
        p50Ms.toFixed(2),
        p99Ms.toFixed(2),
        cpuUs === undefined ? '' : whole(cpuUs),
      ]),
      ...notInstalled.map((label) => [label, 'not installed', '', '', '', '', '']),
    ]),
  );
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

function probeText({ connections, perSecond, rows }: ProbeTable): string {
  return titled(
    `Probes while the gateway answers ${whole(perSecond)} requests/s over ${connections} connections`,
    markdownTable(
      ['', 'probes', 'failed', 'p50 ms', 'p99 ms', 'slowest ms'],
      rows.map(({ path, probes, failed, p50Ms, p99Ms, slowestMs }) => [
        path,
        String(probes),
        String(failed),
        p50Ms.toFixed(1),
        p99Ms.toFixed(1),
        slowestMs.toFixed(1),
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

function goalText(goals: readonly Goal[]): string {
  return titled(
    'Goals',
    markdownTable(
      ['', 'reached', 'goal', ''],
      goals.map((goal) => {
        const { what, reached, atLeast, atMost, unit } = goal;
        const limit = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
        return [
          what,
          [reached.toFixed(2), unit].join(' ').trim(),
          limit,
          isReached(goal) ? 'reached' : 'MISSED',
        ];
      }),
    ),
  );
}

function titled(title: string, table: string): string {
  return `### ${title}\n\n${table}`;
}

function spreadText({ min, max }: Spread, format: (value: number) => string): string {
  return `${format(min)}–${format(max)}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function fine(ms: number): string {
  return ms.toFixed(3);
}
