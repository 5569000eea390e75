import { setTimeout as wait } from 'node:timers/promises';
import { measureProbes, type ProbeTable } from '../probes';
import { percentile } from '../statistics';
import { poissonArrivalsMs, seededRandom } from './arrivals';
import { closedLoop } from './closed-loop';
import { scenarioOf, type Contestant } from './contestant';
import { servedModel } from './inference-app';
import type { SlowModel } from './models';
import { openLoop } from './open-loop';
import type { OutcomeFigures } from './outcomes';

/** Requests that arrive whether the server keeps up or not. */
export interface OverloadRow {
  /** Of what it could answer. */
  readonly load: number;
  readonly arrivedPerSecond: number;
  readonly accepted: number;
  readonly refused: number;
  readonly failed: number;
  readonly problems: readonly string[];
  /** Of the accepted ones; NaN when there were none. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Overload {
  /** Of one row. */
  readonly runMs: number;
  /** As the app says: `inline` would be another measurement. */
  readonly execution: string;
  readonly capacityPerSecond: number;
  readonly rows: readonly OverloadRow[];
}

export const NORMAL_LOAD = 0.8;
export const OVERLOAD = 3;
const CONNECTIONS = 8;
const CAPACITY_SECONDS = 6;
const SETTLE_MS = 1_000;
const SEED = 6;

/** `/health` while every worker computes all the time. */
export async function measureHealth(
  { target, dialect }: Contestant,
  slow: SlowModel,
  seconds: number,
): Promise<ProbeTable> {
  const stop = new AbortController();
  const scenario = scenarioOf(dialect, slow.rows);
  const loading = closedLoop(target, scenario, { connections: CONNECTIONS, signal: stop.signal });
  await wait(SETTLE_MS);
  const rows = await measureProbes(target, { seconds, paths: ['/health'] });
  stop.abort();
  const { acceptedPerSecond, failed, problems } = await loading;
  if (failed > 0)
    throw new Error(`${failed} requests to the slow model failed, expected none: ${problems[0]}`);
  return { connections: CONNECTIONS, perSecond: acceptedPerSecond, rows };
}

/** Finds out what the app can answer, then sends less and more than that. */
export async function measureOverload(app: Contestant, slow: SlowModel, seconds: number): Promise<Overload> {
  const { target, dialect } = app;
  const { execution = 'unknown' } = await servedModel(app);
  const scenario = scenarioOf(dialect, slow.rows);
  const signal = AbortSignal.timeout(CAPACITY_SECONDS * 1000);
  const { acceptedPerSecond } = await closedLoop(target, scenario, { connections: CONNECTIONS, signal });
  const rows: OverloadRow[] = [];
  for (const load of [NORMAL_LOAD, OVERLOAD]) {
    const arrivals = poissonArrivalsMs(load * acceptedPerSecond, seconds, seededRandom(SEED));
    const outcomes = await openLoop(target, scenario, arrivals);
    rows.push(overloadRow(load, { arrivedPerSecond: arrivals.length / seconds, outcomes }));
    await wait(SETTLE_MS);
  }
  return { runMs: slow.runMs, execution, capacityPerSecond: acceptedPerSecond, rows };
}

function overloadRow(
  load: number,
  { arrivedPerSecond, outcomes }: { arrivedPerSecond: number; outcomes: OutcomeFigures },
): OverloadRow {
  const { accepted, refused, failed, problems, tookMs } = outcomes;
  const of = (percent: number): number => (accepted === 0 ? NaN : percentile(tookMs, percent));
  return { load, arrivedPerSecond, accepted, refused, failed, problems, p50Ms: of(50), p99Ms: of(99) };
}
