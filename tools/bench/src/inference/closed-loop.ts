import { Agent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Scenario } from '../scenario';
import type { Target } from '../target';
import { exchange } from './exchange';
import { Outcomes, type OutcomeFigures } from './outcomes';

export interface ClosedLoopOptions {
  readonly connections: number;
  /** When it is aborted, every connection ends after the answer it waits for. */
  readonly signal: AbortSignal;
  /** What is wrong with an answer of status 200, or undefined. */
  readonly check?: (body: Buffer) => string | undefined;
}

/** After a refusal or a failure: a caller that asks again at once would be the load. */
const PAUSE_MS = 10;

/** Sends the next request on each connection when the one before is answered; unlike wrk it lives with refusals. */
export async function closedLoop(
  target: Target,
  scenario: Scenario,
  { connections, signal, check }: ClosedLoopOptions,
): Promise<OutcomeFigures & { readonly acceptedPerSecond: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const outcomes = new Outcomes(check);
  const startedMs = performance.now();
  const send = async (): Promise<void> => {
    while (!signal.aborted) {
      const status = await outcomes.note(exchange(target, scenario, agent), performance.now());
      if (status !== 200) await wait(PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: connections }, send));
  agent.destroy();
  const acceptedPerSecond = (outcomes.accepted / (performance.now() - startedMs)) * 1000;
  const { accepted, refused, failed, problems, tookMs } = outcomes;
  return { accepted, refused, failed, problems, tookMs, acceptedPerSecond };
}
