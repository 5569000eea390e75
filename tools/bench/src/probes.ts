import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from './statistics';
import type { Target } from './target';

/** How fast a probe was answered. */
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

/** For each path; few enough to leave the load alone. */
const PROBES_A_SECOND = 20;

/** Asks each path again and again, while somebody else keeps the target busy. */
export function measureProbes(
  target: Target,
  { seconds, paths }: { seconds: number; paths: readonly string[] },
): Promise<readonly ProbeRow[]> {
  const apartMs = 1000 / PROBES_A_SECOND / paths.length;
  return Promise.all(paths.map((path, at) => probe(target, path, { seconds, startMs: at * apartMs })));
}

async function probe(
  { url }: Target,
  path: string,
  { seconds, startMs }: { seconds: number; startMs: number },
): Promise<ProbeRow> {
  const agent = new Agent({ keepAlive: true });
  const tookMs: number[] = [];
  let failed = 0;
  const everyMs = 1000 / PROBES_A_SECOND;
  await wait(startMs);
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
