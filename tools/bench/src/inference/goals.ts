import { type Goal, growthGoal, rowOf } from '../goal';
import type { ProbeTable } from '../probes';
import type { RateRow, RateTable } from '../rates';
import type { Drain } from './drain';
import type { Soak, Swaps } from './endurance';
import { LABELS, PRODUCTS } from './labels';
import type { LoggingCost } from './logging-cost';
import { NORMAL_LOAD, OVERLOAD, type Overload } from './slow-model';
import { MANY_ROWS, ONE_ROW, type MemoryRow } from './speed';

/** Everything one run measured; what was left out is undefined. */
export interface Measured {
  readonly rates?: readonly RateTable[];
  readonly memory?: readonly MemoryRow[];
  readonly binary?: RateTable;
  readonly logging?: LoggingCost;
  readonly health?: ProbeTable;
  readonly overload?: Overload;
  readonly swaps?: Swaps;
  readonly soak?: Soak;
  readonly drain?: Drain;
}

const OF_BEST_PRODUCT = 7;
const OF_FASTAPI = 1.5;
const OF_ECHO = 0.65;
const OF_BARE_ONNX = 0.75;
const BATCHES_OF_FASTAPI = 1;
const BINARY_OF_JSON = 3;
const OF_NOT_LOGGING = 0.85;
const MEGABYTES = 150;
const HEALTH_P99_MS = 10;
const OVERLOAD_P99 = 2;

export function goalsOf(measured: Measured): readonly Goal[] {
  const { rates, memory, binary, logging, health, overload, swaps, soak, drain } = measured;
  return [
    ...(rates === undefined ? [] : rateGoals(rates)),
    ...refusalGoals(measured),
    ...(memory === undefined ? [] : memoryGoals(memory)),
    ...(binary === undefined ? [] : [binaryGoal(binary)]),
    ...(logging === undefined ? [] : loggingGoals(logging)),
    ...(health?.rows ?? []).map(({ path, p99Ms, failed }) => ({
      what: `${path} p99 while a slow model runs at full load`,
      // A probe that fails is as slow as can be.
      reached: failed > 0 ? Infinity : p99Ms,
      atMost: HEALTH_P99_MS,
      unit: 'ms',
    })),
    ...(overload === undefined ? [] : overloadGoals(overload)),
    ...(swaps === undefined ? [] : swapGoals(swaps)),
    ...(soak === undefined ? [] : [growthGoal(`over ${soak.minutes} min of load`, soak.memory)]),
    ...(drain === undefined ? [] : drainGoals(drain)),
  ];
}

function rateGoals(tables: readonly RateTable[]): readonly Goal[] {
  const full = rowsOf(tables, ONE_ROW, 64);
  const single = rowsOf(tables, ONE_ROW, 1);
  const batches = rowsOf(tables, MANY_ROWS, 8);
  const products = full.filter(({ label }) => PRODUCTS.includes(label));
  const others = [...products, rowOf(full, LABELS.fastapiTwo)];
  const best = products.reduce((one, two) => (two.perSecond.median > one.perSecond.median ? two : one));
  const at64 = (label: string, atLeast: number): Goal => ratioGoal('c=64', full, { label, atLeast });
  return [
    { ...at64(best.label, OF_BEST_PRODUCT), what: `c=64: inference ÷ best product (${best.label})` },
    at64(LABELS.fastapiTwo, OF_FASTAPI),
    {
      what: 'c=64: p99 ÷ lowest p99 of products and FastAPI',
      reached: rowOf(full, LABELS.inference).p99Ms / Math.min(...others.map(({ p99Ms }) => p99Ms)),
      atMost: 1,
    },
    at64(LABELS.echo, OF_ECHO),
    at64(LABELS.bareOnnx, OF_BARE_ONNX),
    ratioGoal('c=1', single, { label: LABELS.fastapi, atLeast: OF_FASTAPI }),
    ratioGoal('c=8, 64 rows', batches, { label: LABELS.fastapiTwo, atLeast: BATCHES_OF_FASTAPI }),
  ];
}

/** Nothing waits long in these loads: a queue that refuses any of them is too short, or its estimate wrong. */
function refusalGoals({ rates = [], binary, logging, soak }: Measured): readonly Goal[] {
  const tables = [...rates, binary, logging?.table].filter((table) => table !== undefined);
  if (tables.length === 0 && soak === undefined) return [];
  const rows = tables
    .flatMap((table) => table.rows)
    .filter(({ label }) => label.startsWith(LABELS.inference));
  const refused = rows.reduce((total, row) => total + row.refused, soak?.refused ?? 0);
  return [{ what: 'requests refused while nothing was overloaded', reached: refused, atMost: 0 }];
}

function memoryGoals(memory: readonly MemoryRow[]): readonly Goal[] {
  const { megabytes } = rowOf(memory, LABELS.inference);
  if (megabytes === undefined) return [];
  return [{ what: 'memory after load', reached: megabytes, atMost: MEGABYTES, unit: 'MB' }];
}

function binaryGoal({ rows }: RateTable): Goal {
  const json = Math.max(
    ...[LABELS.inference, LABELS.openInferenceJson].map((label) => rowOf(rows, label).perSecond.median),
  );
  return {
    what: '64 rows: binary tensors ÷ the faster JSON',
    reached: rowOf(rows, LABELS.openInferenceBinary).perSecond.median / json,
    atLeast: BINARY_OF_JSON,
  };
}

function loggingGoals({ table: { rows }, predicted, received }: LoggingCost): readonly Goal[] {
  const rate = (label: string): number => rowOf(rows, label).perSecond.median;
  return [
    {
      what: 'c=64: every instance logged ÷ nothing logged',
      reached: rate(LABELS.logging) / rate(LABELS.inference),
      atLeast: OF_NOT_LOGGING,
    },
    {
      what: 'instances that reached the log',
      reached: (100 * received) / predicted,
      atLeast: 100,
      unit: '%',
    },
  ];
}

function overloadGoals({ rows }: Overload): readonly Goal[] {
  const at = (load: number): Overload['rows'][number] => {
    const row = rows.find((one) => one.load === load);
    if (row === undefined) throw new Error(`a load of ${load} × capacity was not measured`);
    return row;
  };
  return [
    {
      what: `p99 at ${OVERLOAD} × capacity ÷ p99 at ${NORMAL_LOAD} ×`,
      reached: at(OVERLOAD).p99Ms / at(NORMAL_LOAD).p99Ms,
      atMost: OVERLOAD_P99,
    },
    {
      what: 'overload: answered with neither 200 nor 429',
      reached: rows.reduce((total, { failed }) => total + failed, 0),
      atMost: 0,
    },
  ];
}

function swapGoals({ moves, failed, memory }: Swaps): readonly Goal[] {
  return [
    { what: `failed or wrong over ${moves} swaps under load`, reached: failed, atMost: 0 },
    growthGoal(`over ${moves} swaps`, memory),
  ];
}

function drainGoals({ failed, exitCode }: Drain): readonly Goal[] {
  return [
    { what: 'failed while draining after SIGTERM', reached: failed, atMost: 0 },
    { what: 'exit code after SIGTERM', reached: exitCode ?? NaN, atMost: 0 },
  ];
}

function ratioGoal(
  load: string,
  rows: readonly RateRow[],
  { label, atLeast }: { label: string; atLeast: number },
): Goal {
  const reached = rowOf(rows, LABELS.inference).perSecond.median / rowOf(rows, label).perSecond.median;
  return { what: `${load}: inference ÷ ${label}`, reached, atLeast };
}

function rowsOf(tables: readonly RateTable[], scenario: string, connections: number): readonly RateRow[] {
  const table = tables.find((one) => one.scenario === scenario && one.connections === connections);
  if (table === undefined) throw new Error(`${scenario} over ${connections} connections was not measured`);
  return table.rows;
}
