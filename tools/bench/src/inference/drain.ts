import { setTimeout as wait } from 'node:timers/promises';
import { closedLoop } from './closed-loop';
import { scenarioOf, type Contestant } from './contestant';
import { isOk } from './inference-app';
import type { DigitsVersion } from './models';

/** The end of an app that is busy. */
export interface Drain {
  readonly accepted: number;
  /** Of these after the signal. */
  readonly acceptedAfterSignal: number;
  readonly failed: number;
  readonly problems: readonly string[];
  /** From the signal to the end of the process. */
  readonly tookMs: number;
  /** Expected: 0. */
  readonly exitCode: number | undefined;
}

/** As a load balancer sees it: until it has noticed that the app is not ready, requests go on coming. */
export const READINESS_GRACE_MS = 1_000;
const NOTICE_MS = 200;
const BUSY_MS = 2_000;
const CONNECTIONS = 16;

/** Sends SIGTERM to an app at full load, and goes on asking until `/ready` says no. */
export async function measureDrain(
  { target, dialect, server }: Contestant,
  digits: DigitsVersion,
): Promise<Drain> {
  const stop = new AbortController();
  const scenario = scenarioOf(dialect, digits.rows.slice(0, 1));
  let isSignalled = false;
  let acceptedAfterSignal = 0;
  const check = (): undefined => void (acceptedAfterSignal += Number(isSignalled));
  const loading = closedLoop(target, scenario, { connections: CONNECTIONS, signal: stop.signal, check });
  await wait(BUSY_MS);
  const signalledMs = performance.now();
  isSignalled = true;
  const stopping = server.stop();
  do await wait(NOTICE_MS);
  while (await isOk(`${target.url}/ready`));
  stop.abort();
  const { accepted, failed, problems } = await loading;
  await stopping;
  const tookMs = performance.now() - signalledMs;
  return {
    accepted,
    acceptedAfterSignal,
    failed,
    problems,
    tookMs,
    exitCode: server.exit?.code ?? undefined,
  };
}
