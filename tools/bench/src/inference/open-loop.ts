import { Agent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Scenario } from '../scenario';
import type { Target } from '../target';
import { exchange } from './exchange';
import { Outcomes, type OutcomeFigures } from './outcomes';

/**
 * Sends requests at their times, however slow the answers are, each over a connection that is free or new. A latency
 * counts from the time it should have been sent at: a generator that waits for slow answers, or is late itself, would
 * hide what callers feel.
 */
export async function openLoop(
  target: Target,
  scenario: Scenario,
  arrivalsMs: readonly number[],
): Promise<OutcomeFigures> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: Infinity });
  const outcomes = new Outcomes();
  const answering: Promise<unknown>[] = [];
  const startedMs = performance.now();
  for (const arrivalMs of arrivalsMs) {
    const dueMs = startedMs + arrivalMs;
    const leftMs = dueMs - performance.now();
    if (leftMs > 0) await wait(leftMs);
    answering.push(outcomes.note(exchange(target, scenario, agent), dueMs));
  }
  await Promise.all(answering);
  agent.destroy();
  return outcomes;
}
