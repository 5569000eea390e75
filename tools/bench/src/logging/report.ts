import { isReached } from '../goal';
import { machineLine, type Machine } from '../machine';
import { markdownTable } from '../markdown-table';
import type { PartFailure } from '../part-attempts';
import { goalText, rateText, spreadText, titled, whole } from '../report-text';
import type { Batches } from './batches';
import type { CrashFigures } from './crashes';
import { goalsOf, type Measured } from './goals';
import { LABELS } from './labels';
import type { Outage } from './outage';
import type { Reading } from './reading';

export interface Run {
  readonly machine: Machine;
  /** Which part ran on which core. */
  readonly cores: string;
  readonly measured: Measured;
  readonly failures: readonly PartFailure[];
}

/** Markdown: a table for each kind of figure, then the goals. */
export function textReport({ machine, cores, measured, failures }: Run): string {
  const { singles = [], batches, crashes, outage, reading } = measured;
  const goals = goalsOf(measured);
  const reference = { title: '÷ one each', label: LABELS.oneCommitEach };
  return [
    `${machineLine(machine)}\n${cores}; fsync and synchronous_commit on; median of the rounds, smallest to largest beside it`,
    ...singles.map((table) => rateText(table, reference)),
    batches && batchText(batches),
    crashes && crashText(crashes),
    outage && outageText(outage),
    reading && readingText(reading),
    goals.length > 0 ? goalText(goals) : undefined,
    ...failures.map(({ part, message }) => titled(`NOT MEASURED: ${part}`, message)),
  ]
    .filter((text) => text !== undefined)
    .join('\n\n');
}

export function jsonReport(run: Run): string {
  const goals = goalsOf(run.measured).map((goal) => ({ ...goal, isReached: isReached(goal) }));
  return JSON.stringify({ ...run, goals }, undefined, 2);
}

function batchText({ eventsPerRequest, connections, rows }: Batches): string {
  const copied = rows.find(({ label }) => label === LABELS.copy)?.perSecond.median ?? NaN;
  return titled(
    `${eventsPerRequest} events a request, ${connections} connections`,
    markdownTable(
      ['', 'rows/s', 'spread', '÷ COPY'],
      rows.map(({ label, perSecond }) => [
        label,
        whole(perSecond.median),
        spreadText(perSecond, whole),
        (perSecond.median / copied).toFixed(2),
      ]),
    ),
  );
}

function crashText(crashes: readonly CrashFigures[]): string {
  return titled(
    'SIGKILL at random moments under load',
    markdownTable(
      [
        '',
        'rounds',
        'of the app',
        'of PostgreSQL',
        'of a backend',
        'of both',
        'acknowledged',
        'lost',
        'twice',
      ],
      crashes.map(({ hasSpool, rounds, victims, acknowledged, lost, twice }) => [
        hasSpool ? 'with a durable spool' : 'without a spool',
        ...[rounds, victims.app, victims.PostgreSQL, victims['a backend'], victims.both].map(whole),
        ...[acknowledged, lost, twice].map(whole),
      ]),
    ),
  );
}

function outageText({ minutes, eventsPerSecond, acknowledged, refused, ...others }: Outage): string {
  const { lost, twice, replaySeconds, memory } = others;
  return titled(
    `PostgreSQL stopped for ${minutes} min, ${eventsPerSecond} events/s`,
    `${whole(acknowledged)} events acknowledged, ${whole(refused)} refused, ${lost} lost, ${twice} twice; all stored ` +
      `${replaySeconds.toFixed(1)} s after PostgreSQL was back. Memory: ${memory.earlyMegabytes.toFixed(0)} MB in the second ` +
      `quarter, ${memory.lateMegabytes.toFixed(0)} MB in the last, ${memory.highestMegabytes.toFixed(0)} MB at most.`,
  );
}

function readingText({ rows, stats, exports }: Reading): string {
  const statistics = markdownTable(
    ['/stats', 'predictions', 'p50 ms', 'slowest ms'],
    stats.map(({ what, counted, p50Ms, slowestMs }) => [
      what,
      whole(counted),
      p50Ms.toFixed(0),
      slowestMs.toFixed(0),
    ]),
  );
  const exported = markdownTable(
    ['export', 'rows', 'seconds', 'rows/s', 'MB', 'memory early', 'late', 'highest MB'],
    exports.map(({ format, rows: count, seconds, megabytes, memory }) => [
      format,
      whole(count),
      seconds.toFixed(1),
      whole(count / seconds),
      whole(megabytes),
      ...[memory.earlyMegabytes, memory.lateMegabytes, memory.highestMegabytes].map(whole),
    ]),
  );
  return titled(`Reading a log of ${whole(rows)} predictions`, `${statistics}\n\n${exported}`);
}
