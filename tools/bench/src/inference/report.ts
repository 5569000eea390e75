import { isReached } from '../goal';
import { machineLine, type Machine } from '../machine';
import { markdownTable } from '../markdown-table';
import type { MemoryTrend } from '../memory-growth';
import type { PartFailure } from '../part-attempts';
import { goalText, probeText, rateText, titled, whole } from '../report-text';
import type { Drain } from './drain';
import type { Soak, Swaps } from './endurance';
import { goalsOf, type Measured } from './goals';
import { LABELS } from './labels';
import type { LoggingCost } from './logging-cost';
import type { Overload } from './slow-model';
import type { MemoryRow } from './speed';

export interface Run {
  readonly machine: Machine;
  /** Which part ran on which core. */
  readonly cores: string;
  readonly measured: Measured;
  readonly failures: readonly PartFailure[];
}

/** Markdown: a table for each kind of figure, then the goals. */
export function textReport({ machine, cores, measured, failures }: Run): string {
  const { rates = [], memory, binary, logging, health, overload, swaps, soak, drain } = measured;
  const goals = goalsOf(measured);
  return [
    `${machineLine(machine)}\n${cores}; median of the rounds, smallest to largest beside it`,
    ...rates.map((table) => rateText(table, { title: '÷ echo', label: LABELS.echo })),
    memory && memoryText(memory),
    binary && rateText(binary, { title: '÷ JSON', label: LABELS.inference }),
    logging && loggingText(logging),
    health && probeText('a slow model', health),
    overload && overloadText(overload),
    (swaps ?? soak) && enduranceText(swaps, soak),
    ...[swapText(swaps), drainText(drain)],
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

function memoryText(rows: readonly MemoryRow[]): string {
  return titled(
    'Memory after load, all processes of a server',
    markdownTable(
      ['', 'MB'],
      rows.map(({ label, megabytes }) => [label, megabytes === undefined ? '' : whole(megabytes)]),
    ),
  );
}

function loggingText({ table, predicted, received }: LoggingCost): string {
  const rates = rateText(table, { title: '÷ not logged', label: LABELS.inference });
  return `${rates}\n\nOf ${whole(predicted)} instances ${whole(received)} reached the log.`;
}

function overloadText({ runMs, execution, capacityPerSecond, rows }: Overload): string {
  return titled(
    `Arrivals at random, model of ${runMs.toFixed(0)} ms (${execution}), capacity ${capacityPerSecond.toFixed(0)} requests/s`,
    markdownTable(
      ['load', 'arrived/s', 'accepted', '429', 'failed', 'p50 ms', 'p99 ms'],
      rows.map(({ load, arrivedPerSecond, accepted, refused, failed, p50Ms, p99Ms }) => [
        `${load} × capacity`,
        arrivedPerSecond.toFixed(0),
        whole(accepted),
        whole(refused),
        whole(failed),
        p50Ms.toFixed(0),
        p99Ms.toFixed(0),
      ]),
    ) + problemText(rows.flatMap(({ problems }) => problems)),
  );
}

function enduranceText(swaps: Swaps | undefined, soak: Soak | undefined): string {
  const row = (label: string, { earlyMegabytes, lateMegabytes, highestMegabytes }: MemoryTrend): string[] => [
    label,
    ...[earlyMegabytes, lateMegabytes, highestMegabytes].map((megabytes) => megabytes.toFixed(1)),
  ];
  return titled(
    'Memory over time (medians of the second and of the last quarter)',
    markdownTable(
      ['', 'early MB', 'late MB', 'highest MB'],
      [
        ...(swaps === undefined ? [] : [row(`${swaps.moves} swaps under load`, swaps.memory)]),
        ...(soak === undefined ? [] : [row(`${soak.minutes} min at full load`, soak.memory)]),
      ],
    ),
  );
}

function swapText(swaps: Swaps | undefined): string | undefined {
  if (swaps === undefined) return undefined;
  const { moves, accepted, failed, slowestMs, problems } = swaps;
  return (
    `Swaps: ${moves} moves of the alias, ${whole(accepted)} answers right, ${failed} failed or wrong; the slowest ` +
    `version served ${whole(slowestMs)} ms after its move.${problemText(problems)}`
  );
}

function drainText(drain: Drain | undefined): string | undefined {
  if (drain === undefined) return undefined;
  const { accepted, acceptedAfterSignal, failed, tookMs, exitCode, problems } = drain;
  return (
    `Drain: ${whole(accepted)} requests answered, ${whole(acceptedAfterSignal)} of them after SIGTERM, ${failed} ` +
    `failed; ended after ${whole(tookMs)} ms with exit code ${exitCode ?? 'unknown'}.${problemText(problems)}`
  );
}

function problemText(problems: readonly string[]): string {
  return problems.map((problem) => `\n- ${problem}`).join('');
}
