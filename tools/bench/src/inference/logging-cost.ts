import { setTimeout as wait } from 'node:timers/promises';
import { measureRates, type RateTable } from '../rates';
import type { LoadGenerator } from '../wrk';
import { contenderOf, type Contestant } from './contestant';
import { LABELS } from './labels';
import type { DigitsVersion } from './models';
import { RATE_LIMITS, type Turns } from './speed';

export interface LoggingCost {
  readonly table: RateTable;
  /** Instances that the logging app answered. */
  readonly predicted: number;
  /** Events the sink had got when no more came. */
  readonly received: number;
}

export const LOGGING = 'one row, price of logging';
const CONNECTIONS = 64;
const DELIVERY_MS = 30_000;
const POLL_MS = 500;

/** The same app without and with a prediction log, in turn; then whether the log got everything. */
export async function measureLogging(
  load: LoadGenerator,
  { plain, logging, sink }: { plain: Contestant; logging: Contestant; sink: Contestant },
  { digits, turns }: { digits: DigitsVersion; turns: Turns },
): Promise<LoggingCost> {
  const rows = digits.rows.slice(0, 1);
  const contenders = [contenderOf(plain, rows), contenderOf(logging, rows, LABELS.logging)];
  const options = { ...turns, connections: CONNECTIONS, ...RATE_LIMITS };
  const measured = await measureRates(load, contenders, options);
  const predicted = await instancesAnswered(logging);
  const received = await eventsReceived(sink, predicted);
  return { table: { scenario: LOGGING, connections: CONNECTIONS, rows: measured }, predicted, received };
}

/** Waits until all have come, or none came for some time. */
async function eventsReceived({ target }: Contestant, expected: number): Promise<number> {
  const deadlineMs = performance.now() + DELIVERY_MS;
  let events = 0;
  for (;;) {
    const answer = await fetch(target.url, { signal: AbortSignal.timeout(DELIVERY_MS) });
    ({ events } = (await answer.json()) as { events: number });
    if (events >= expected || performance.now() > deadlineMs) return events;
    await wait(POLL_MS);
  }
}

async function instancesAnswered({ target }: Contestant): Promise<number> {
  const answer = await fetch(`${target.url}/metrics`, { signal: AbortSignal.timeout(DELIVERY_MS) });
  const samples = (await answer.text()).matchAll(/^inference_predictions_total(?:\{[^}]*\})? (\S+)/gm);
  return [...samples].reduce((total, [, value]) => total + Number(value), 0);
}
