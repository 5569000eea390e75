import { type Goal, growthGoal, rowOf } from '../goal';
import type { RateTable } from '../rates';
import type { Batches } from './batches';
import type { CrashFigures } from './crashes';
import { LABELS } from './labels';
import type { Outage } from './outage';
import type { Reading } from './reading';

/** Everything one run measured; what was left out is undefined. */
export interface Measured {
  readonly singles?: readonly RateTable[];
  readonly batches?: Batches;
  readonly crashes?: readonly CrashFigures[];
  readonly outage?: Outage;
  readonly reading?: Reading;
}

const OF_ONE_COMMIT_EACH = 1.7;
const SINGLE_P99_MS = 60;
const OF_COPY = 0.5;
const STATS_MS = 100;
const MANY_CONNECTIONS = 256;

export function goalsOf({ singles, batches, crashes, outage, reading }: Measured): readonly Goal[] {
  return [
    ...(singles === undefined ? [] : singleGoals(singles)),
    ...(batches === undefined ? [] : [batchGoal(batches)]),
    ...(crashes === undefined ? [] : crashGoals(crashes)),
    ...(outage === undefined ? [] : outageGoals(outage)),
    ...(reading === undefined ? [] : readingGoals(reading)),
  ];
}

function singleGoals(tables: readonly RateTable[]): readonly Goal[] {
  const rows = tables.find(({ connections }) => connections === MANY_CONNECTIONS)?.rows ?? [];
  const grouped = rowOf(rows, LABELS.logging);
  const alone = rowOf(rows, LABELS.oneCommitEach);
  return [
    {
      what: 'c=256: group commit ÷ one transaction per request',
      reached: grouped.perSecond.median / alone.perSecond.median,
      atLeast: OF_ONE_COMMIT_EACH,
    },
    { what: 'c=256: p99', reached: grouped.p99Ms, atMost: SINGLE_P99_MS, unit: 'ms' },
  ];
}

function batchGoal({ rows }: Batches): Goal {
  return {
    what: 'batches: rows stored ÷ rows of COPY',
    reached: rowOf(rows, LABELS.logging).perSecond.median / rowOf(rows, LABELS.copy).perSecond.median,
    atLeast: OF_COPY,
  };
}

function crashGoals(crashes: readonly CrashFigures[]): readonly Goal[] {
  const sum = (valueOf: (figures: CrashFigures) => number): number =>
    crashes.reduce((total, figures) => total + valueOf(figures), 0);
  const over = `over ${sum(({ rounds }) => rounds)} crashes`;
  return [
    { what: `acknowledged events lost ${over}`, reached: sum(({ lost }) => lost), atMost: 0 },
    { what: `events stored twice ${over}`, reached: sum(({ twice }) => twice), atMost: 0 },
    { what: `roll-ups that differ from SQL ${over}`, reached: sum((one) => one.wrongRollups), atMost: 0 },
  ];
}

function outageGoals({ minutes, lost, twice, wrongRollups, refused, memory }: Outage): readonly Goal[] {
  const over = `over ${minutes} min without PostgreSQL`;
  return [
    { what: `acknowledged events lost or twice ${over}`, reached: lost + twice, atMost: 0 },
    { what: `events refused ${over}`, reached: refused, atMost: 0 },
    { what: `roll-ups that differ from SQL ${over}`, reached: wrongRollups, atMost: 0 },
    growthGoal(over, memory),
  ];
}

function readingGoals({ rows, stats, exports }: Reading): readonly Goal[] {
  return [
    ...stats.map(({ what, counted, p50Ms }) => ({
      what: `/stats over ${what}`,
      // A wrong answer is no answer, however soon it comes.
      reached: counted === rows ? p50Ms : Infinity,
      atMost: STATS_MS,
      unit: 'ms',
    })),
    ...exports.map(({ format, memory }) => growthGoal(`during the export as ${format}`, memory)),
  ];
}
