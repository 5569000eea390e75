import { markdownTable } from '../markdown-table';
import type { Measurement } from './measure';

/** Median and range of the rounds; ratios are to the first row. */
export function table(title: string, measurements: readonly Measurement[]): string {
  const base = measurements[0]?.perSecond.median ?? NaN;
  const rows = measurements.map(({ contestant: { label, note }, perSecond: { median, min, max } }) => [
    note === undefined ? label : `${label} (${note})`,
    thousands(median),
    `${thousands(min)} – ${thousands(max)}`,
    (1e6 / median).toFixed(2),
    (median / base).toFixed(3),
  ]);
  return markdownTable([title, 'look-ups/s', 'rounds', 'µs each', 'ratio'], rows);
}

function thousands(number: number): string {
  return Math.round(number).toLocaleString('en');
}
