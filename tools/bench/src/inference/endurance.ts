import { setTimeout as wait } from 'node:timers/promises';
import { residentBytes } from '../process-figures';
import type { LoadGenerator } from '../wrk';
import { closedLoop } from './closed-loop';
import { contenderOf, scenarioOf, type Contestant } from './contestant';
import { differenceOf } from './difference';
import { OPEN_INFERENCE_BINARY } from './dialects';
import { servedModel } from './inference-app';
import { memoryTrend, type MemoryTrend } from '../memory-growth';
import type { DigitsVersion, Models } from './models';
import { RATE_LIMITS } from './speed';

/** Versions that took over while requests came in. */
export interface Swaps {
  readonly moves: number;
  readonly accepted: number;
  readonly failed: number;
  readonly problems: readonly string[];
  /** From the move of the alias to the first look that shows the new version. */
  readonly slowestMs: number;
  readonly memory: MemoryTrend;
}

export interface Soak {
  readonly minutes: number;
  readonly refused: number;
  readonly memory: MemoryTrend;
}

const CONNECTIONS = 4;
const SWAP_MS = 20_000;
const LOOK_MS = 20;
const SOAK_CONNECTIONS = 16;
const SOAK_SAMPLES = 60;
const MEGABYTE = 1e6;

/**
 * Moves the alias to and fro under load. An answer is right when it names one of the versions and is what that version
 * answers.
 */
export async function measureSwaps(
  app: Contestant,
  { models, versions, moves }: { models: Models; versions: readonly DigitsVersion[]; moves: number },
): Promise<Swaps> {
  const [{ rows } = { rows: [] }] = versions;
  const scenario = scenarioOf(app.dialect, rows.slice(0, 1));
  const stop = new AbortController();
  const check = (body: Buffer): string | undefined => problemOf(body, versions);
  const loading = closedLoop(app.target, scenario, { connections: CONNECTIONS, signal: stop.signal, check });
  const samples: number[] = [];
  let slowestMs = 0;
  try {
    for (let move = 1; move <= moves; move += 1) {
      const { version } = versions[move % versions.length] as DigitsVersion;
      const startedMs = performance.now();
      await models.moveAlias(version);
      await untilServed(app, version);
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
      samples.push(megabytesOf(app));
    }
  } finally {
    stop.abort();
    await loading;
  }
  const { accepted, failed, problems } = await loading;
  return { moves, accepted, failed, problems, slowestMs, memory: memoryTrend(samples) };
}

/** Single rows in JSON and 64 rows as binary tensors, as much as the app takes. */
export async function measureSoak(
  load: LoadGenerator,
  app: Contestant,
  { digits, minutes }: { digits: DigitsVersion; minutes: number },
): Promise<Soak> {
  const seconds = Math.ceil(minutes * 60);
  const limits = { seconds, refusedPercent: RATE_LIMITS.refusedPercent };
  const single = contenderOf(app, digits.rows.slice(0, 1));
  const binary = contenderOf({ ...app, dialect: OPEN_INFERENCE_BINARY }, digits.rows);
  const loading = Promise.all([
    load.send(single.target, single.scenario, { ...limits, connections: SOAK_CONNECTIONS }),
    load.send(binary.target, binary.scenario, { ...limits, connections: 1 }),
  ]);
  const samples: number[] = [];
  const sampling = (async () => {
    for (let at = 0; at < SOAK_SAMPLES; at += 1) {
      await wait((seconds * 1000) / SOAK_SAMPLES);
      samples.push(megabytesOf(app));
    }
  })();
  const [figures] = await Promise.all([loading, sampling]);
  const refused = figures.reduce((total, one) => total + one.refused, 0);
  return { minutes, refused, memory: memoryTrend(samples) };
}

function problemOf(body: Buffer, versions: readonly DigitsVersion[]): string | undefined {
  const { model, predictions } = JSON.parse(body.toString()) as {
    model: { version: string };
    predictions: unknown;
  };
  const made = versions.find(({ version }) => version === model.version);
  if (made === undefined) return `an answer of version ${model.version}, which was never served`;
  const difference = differenceOf(made.predictions.slice(0, 1), predictions);
  return difference === undefined ? undefined : `not what version ${model.version} answers: ${difference}`;
}

async function untilServed(app: Contestant, version: string): Promise<void> {
  const deadlineMs = performance.now() + SWAP_MS;
  for (;;) {
    const served = await servedModel(app);
    if (served.version === version) return;
    if (performance.now() > deadlineMs)
      throw new Error(`version ${version} was not served within ${SWAP_MS} ms: ${JSON.stringify(served)}`);
    await wait(LOOK_MS);
  }
}

function megabytesOf({ target: { label, pid } }: Contestant): number {
  const bytes = residentBytes(pid);
  if (bytes === undefined)
    throw new Error(`${label} is gone, or this system has no /proc to read its memory from`);
  return bytes / MEGABYTE;
}
