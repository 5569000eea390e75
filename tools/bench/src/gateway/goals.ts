import type { Goal } from '../goal';
import type { TransferTable } from './artifacts';
import { LABELS } from './labels';
import type { LatencyRow } from './latency';
import type { ProbeTable } from '../probes';
import type { RateTable } from '../rates';

/** Everything one run measured. */
export interface Measured {
  readonly rates: readonly RateTable[];
  readonly latency: readonly LatencyRow[];
  readonly probes: ProbeTable;
  /** Empty when they were left out. */
  readonly artifacts: readonly TransferTable[];
}

const OF_BARE = 0.6;
const OF_FASTIFY = 1.3;
const ADDED_P50_MS = 0.4;
const PROBE_P99_MS = 10;
const TRANSFER_OF_BARE = 0.8;
const GROWTH_MIB = 64;

export function goalsOf({ rates, latency, probes, artifacts }: Measured): readonly Goal[] {
  return [
    ...rates.flatMap(rateGoals),
    {
      what: `${LABELS.gateway}: added p50 at one connection`,
      reached: rowOf(latency, LABELS.gateway).addedP50Ms.median,
      atMost: ADDED_P50_MS,
      unit: 'ms',
    },
    ...probes.rows.map(({ path, p99Ms, failed }) => ({
      what: `${path} p99 at full load`,
      // A probe that fails is as slow as can be.
      reached: failed > 0 ? Infinity : p99Ms,
      atMost: PROBE_P99_MS,
      unit: 'ms',
    })),
    ...artifacts.flatMap(transferGoals),
  ];
}

function rateGoals({ scenario, rows }: RateTable): readonly Goal[] {
  const ratioTo = (label: string): number =>
    rowOf(rows, LABELS.gateway).perSecond.median / rowOf(rows, label).perSecond.median;
  return [
    { what: `${scenario}: ${LABELS.gateway} ÷ bare`, reached: ratioTo(LABELS.bare), atLeast: OF_BARE },
    {
      what: `${scenario}: ${LABELS.gateway} ÷ ${LABELS.fastify}`,
      reached: ratioTo(LABELS.fastify),
      atLeast: OF_FASTIFY,
    },
  ];
}

function transferGoals({ direction, gib, rows }: TransferTable): readonly Goal[] {
  const own = rowOf(rows, LABELS.gateway);
  const title = `artifact of ${gib} GiB ${direction}`;
  return [
    {
      what: `${title}: ${LABELS.gateway} ÷ bare`,
      reached: own.mibPerSecond.median / rowOf(rows, LABELS.bare).mibPerSecond.median,
      atLeast: TRANSFER_OF_BARE,
    },
    ...(own.growthMib === undefined
      ? []
      : [{ what: `${title}: memory growth`, reached: own.growthMib, atMost: GROWTH_MIB, unit: 'MiB' }]),
  ];
}

function rowOf<Row extends { readonly label: string }>(rows: readonly Row[], label: string): Row {
  const row = rows.find((one) => one.label === label);
  if (row === undefined) throw new Error(`${label} was not measured`);
  return row;
}
