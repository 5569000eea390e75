import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../statistics';
import { GET_RUN } from './scenarios';
import type { Target } from './upstreams';
import type { LoadGenerator } from './wrk';

/** How fast a probe of the gateway was answered while it was busy. */
export interface ProbeRow {
  readonly path: string;
  readonly probes: number;
  /** Answered with another status than 200, or not at all. */
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
}

export interface ProbeTable {
  readonly connections: number;
  /** Other requests meanwhile. */
  readonly perSecond: number;
  readonly rows: readonly ProbeRow[];
}

const PATHS = ['/health', '/ready', '/live'];
/** For each path; few enough to leave the load alone. */
const PROBES_A_SECOND = 20;
const SETTLE_MS = 1_000;

/** Probes a target while the load generator sends all it can take. */
export async function measureProbes(
  load: LoadGenerator,
  target: Target,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<ProbeTable> {
  const loading = load.send(target, GET_RUN, { connections, seconds: seconds + 2 });
  await wait(SETTLE_MS);
  const rows = await Promise.all(PATHS.map((path, at) => probe(target, path, { seconds, at })));
  const { perSecond } = await loading;
  return { connections, perSecond, rows };
}

async function probe(
  { url }: Target,
  path: string,
  { seconds, at }: { seconds: number; at: number },
): Promise<ProbeRow> {
  const agent = new Agent({ keepAlive: true });
  const tookMs: number[] = [];
  let failed = 0;
  const everyMs = 1000 / PROBES_A_SECOND;
  await wait((everyMs / PATHS.length) * at);
  const endMs = performance.now() + seconds * 1000;
  for (let nextMs = performance.now(); nextMs < endMs; nextMs += everyMs) {
    await wait(Math.max(nextMs - performance.now(), 0));
    const startedAtMs = performance.now();
    if ((await statusOf(`${url}${path}`, agent)) !== 200) failed += 1;
    tookMs.push(performance.now() - startedAtMs);
  }
  agent.destroy();
  return {
    path,
    probes: tookMs.length,
    failed,
    p50Ms: percentile(tookMs, 50),
    p99Ms: percentile(tookMs, 99),
    slowestMs: Math.max(...tookMs),
  };
}

/** With `node:http` and one kept connection: what the prober itself needs is small. */
function statusOf(url: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve) => {
    get(url, { agent }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode));
    }).once('error', () => resolve(undefined));
  });
}
