import { setTimeout as wait } from 'node:timers/promises';

export interface EventLoadOptions {
  readonly url: string;
  /** How many send at the same time, each waiting for its answer. */
  readonly senders: number;
  readonly random: () => number;
  /** Pause of a sender after each answer, as milliseconds. @default 0 */
  readonly pauseMs?: number;
}

/** Sends events until it is stopped, and remembers which were acknowledged. */
export interface EventLoad {
  readonly acknowledged: ReadonlySet<string>;
  /** Requests by the status of their answer; 0: none came. */
  readonly answers: ReadonlyMap<number, number>;
  stop(): Promise<void>;
}

const MAX_EVENTS = 20;
const PAUSE_AFTER_FAILURE_MS = 20;

/** Some requests hold one event, some several, some an event twice; what was not acknowledged is sent again or given up. */
export function startEventLoad({ url, senders, random, pauseMs = 0 }: EventLoadOptions): EventLoad {
  const acknowledged = new Set<string>();
  const answers = new Map<number, number>();
  let isStopped = false;
  let made = 0;
  const run = `${Date.now().toString(36)}-${Math.floor(random() * 1e9)}`;

  const newEvent = (): Record<string, unknown> => ({
    id: `${run}-${(made += 1)}`,
    timestamp: new Date().toISOString(),
    model: random() < 0.5 ? 'crash-a' : 'crash-b',
    version: '1',
    inputs: [made, made % 7],
    outputs: { label: String(made % 10) },
    latency_ms: made % 50,
    defect: made % 5 === 0,
  });

  const newBody = (): Record<string, unknown>[] => {
    const count = random() < 0.5 ? 1 : 1 + Math.floor(random() * MAX_EVENTS);
    const events = Array.from({ length: count }, newEvent);
    const [first] = events;
    return first && random() < 0.1 ? [...events, first] : events;
  };

  const send = async (events: readonly Record<string, unknown>[]): Promise<boolean> => {
    const status = await postEvents(url, events);
    answers.set(status, (answers.get(status) ?? 0) + 1);
    const isTaken = status === 201 || status === 202;
    if (isTaken) for (const { id } of events) acknowledged.add(String(id));
    return isTaken;
  };

  const keepSending = async (): Promise<void> => {
    let body = newBody();
    while (!isStopped) {
      const isTaken = await send(body);
      if (!isTaken) await wait(PAUSE_AFTER_FAILURE_MS);
      else if (pauseMs > 0) await wait(pauseMs);
      // Now and then what was acknowledged comes again, as from a sender that missed the answer.
      const isRepeated = isTaken ? random() < 0.05 : random() < 0.7;
      if (!isRepeated) body = newBody();
    }
  };

  const running = Array.from({ length: senders }, keepSending);
  return {
    acknowledged,
    answers,
    stop: async () => {
      isStopped = true;
      await Promise.all(running);
    },
  };
}

/** Gives events to a prediction log. The status of its answer, read whole; 0 when none came. */
export async function postEvents(url: string, events: readonly object[]): Promise<number> {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/log`, { method: 'POST', headers, body: JSON.stringify(events) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
