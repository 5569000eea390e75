import { isReached, type Goal } from './goal';
import { markdownTable } from './markdown-table';
import type { ProbeTable } from './probes';
import type { RateTable } from './rates';
import type { Spread } from './statistics';

export function titled(title: string, text: string): string {
  return `### ${title}\n\n${text}`;
}

/** What the rates of a table are divided by in one more column. */
export interface Reference {
  readonly title: string;
  readonly label: string;
  /** Rows that could not be measured here. @default none */
  readonly notInstalled?: readonly string[];
}

export function rateText(
  { scenario, connections, rows }: RateTable,
  { title, label: reference, notInstalled = [] }: Reference,
): string {
  const header = ['', 'requests/s', 'spread', title, 'p50 ms', 'p99 ms', 'CPU µs/request'];
  const divisor = rows.find(({ label }) => label === reference)?.perSecond.median ?? NaN;
  const refusals = rows
    .filter(({ refused }) => refused > 0)
    .map(({ label, refused }) => `\n\n${label} refused ${whole(refused)} requests.`);
  return titled(
    `${scenario}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
    markdownTable(header, [
      ...rows.map(({ label, perSecond, p50Ms, p99Ms, cpuUs }) => [
        label,
        whole(perSecond.median),
        spreadText(perSecond, whole),
        (perSecond.median / divisor).toFixed(2),
        p50Ms.toFixed(2),
        p99Ms.toFixed(2),
        cpuUs === undefined ? '' : whole(cpuUs),
      ]),
      ...notInstalled.map((label) => [label, 'not installed', '', '', '', '', '']),
    ]) + refusals.join(''),
  );
}

/** @param who answers the requests meanwhile */
export function probeText(who: string, { connections, perSecond, rows }: ProbeTable): string {
  return titled(
    `Probes while ${who} answers ${whole(perSecond)} requests/s over ${connections} connections`,
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

export function goalText(goals: readonly Goal[]): string {
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

export function spreadText({ min, max }: Spread, format: (value: number) => string): string {
  return `${format(min)}–${format(max)}`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
