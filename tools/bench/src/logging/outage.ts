import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkStoredPredictions, isSpoolEmpty, postEvents, type OwnPostgres } from '@tidegate/testing';
import { memoryTrend, type MemoryTrend } from '../memory-growth';
import { residentBytes } from '../process-figures';
import type { Workbench } from '../workbench';
import { startLoggingApp, takesCommits, type LoggingApp } from './logging-app';
import { predictionEvent } from './prediction-events';

/** PostgreSQL stopped while events come. */
export interface Outage {
  readonly minutes: number;
  readonly eventsPerSecond: number;
  readonly acknowledged: number;
  /** Answered with anything else than 201 or 202. */
  readonly refused: number;
  readonly lost: number;
  readonly twice: number;
  readonly wrongRollups: number;
  /** From the start of PostgreSQL until nothing waited any more, while events went on coming. */
  readonly replaySeconds: number;
  readonly memory: MemoryTrend;
}

const EVENTS_PER_SECOND = 500;
const EVENTS_PER_REQUEST = 50;
const REQUEST_EVERY_MS = (1000 * EVENTS_PER_REQUEST) / EVENTS_PER_SECOND;
const SAMPLES = 120;
const BEFORE_MS = 5_000;
const REPLAY_MS = 600_000;
const MEGABYTE = 1e6;

export async function measureOutage(
  bench: Workbench,
  postgres: OwnPostgres,
  minutes: number,
): Promise<Outage> {
  const databaseUrl = await postgres.createDatabase('outage');
  const app = await startLoggingApp(bench, {
    ...{ label: 'logging', name: 'logging-outage', databaseUrl },
    environment: { SPOOL_DIR: path.join(bench.folder, 'spool'), SPOOL_IS_DURABLE: 'true' },
  });
  const load = startSteadyLoad(app);
  await wait(BEFORE_MS);
  bench.say(`PostgreSQL is away for ${minutes} min`);
  await postgres.stop();
  const memory = await watchMemory(app, minutes * 60_000);
  bench.say('PostgreSQL is back');
  await postgres.start();
  const startedMs = performance.now();
  await untilReplayed(app);
  const replaySeconds = (performance.now() - startedMs) / 1000;
  await load.stop();
  await untilReplayed(app);
  const { lost, twice, wrongRollups } = await checkStoredPredictions(databaseUrl, load.acknowledged);
  await app.stop();
  return {
    ...{ minutes, eventsPerSecond: EVENTS_PER_SECOND, replaySeconds, memory },
    ...{ acknowledged: load.acknowledged.size, refused: load.refused() },
    ...{ lost: lost.length, twice: twice.length, wrongRollups: wrongRollups.length },
  };
}

interface SteadyLoad {
  readonly acknowledged: ReadonlySet<string>;
  refused(): number;
  stop(): Promise<void>;
}

/** Sends at its pace, whether answers come or not, as many senders together do. */
function startSteadyLoad({ target: { url } }: LoggingApp): SteadyLoad {
  const acknowledged = new Set<string>();
  const underWay = new Set<Promise<void>>();
  let refused = 0;
  let sent = 0;
  const send = async (): Promise<void> => {
    const timestamp = new Date().toISOString();
    const events = Array.from({ length: EVENTS_PER_REQUEST }, () => {
      sent += 1;
      // Whole numbers, so that their sums are exact.
      return Object.assign(predictionEvent(`outage-${sent}`, timestamp, sent), { latency_ms: sent % 50 });
    });
    const status = await postEvents(url, events);
    if (status === 201 || status === 202) for (const { id } of events) acknowledged.add(id);
    else refused += events.length;
  };
  const timer = setInterval(() => {
    const sending = send().finally(() => underWay.delete(sending));
    underWay.add(sending);
  }, REQUEST_EVERY_MS);
  return {
    acknowledged,
    refused: () => refused,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}

async function watchMemory({ target: { pid } }: LoggingApp, forMs: number): Promise<MemoryTrend> {
  const megabytes: number[] = [];
  for (let at = 0; at < SAMPLES; at += 1) {
    await wait(forMs / SAMPLES);
    const bytes = residentBytes(pid);
    if (bytes === undefined)
      throw new Error('the prediction log is gone: see its log in the folder of the bench');
    megabytes.push(bytes / MEGABYTE);
  }
  return memoryTrend(megabytes);
}

async function untilReplayed({ target: { url } }: LoggingApp): Promise<void> {
  const deadlineMs = performance.now() + REPLAY_MS;
  while (performance.now() < deadlineMs) {
    if ((await takesCommits(url)) && (await isSpoolEmpty(url))) return;
    await wait(100);
  }
  throw new Error(`the spool was not replayed within ${REPLAY_MS / 1000} s`);
}
