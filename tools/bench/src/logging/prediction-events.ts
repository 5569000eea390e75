import type { Scenario } from '../scenario';

/** What the load generator replaces by something new each time. */
const FRESH = '@FRESH@';
const LABELS = 10;

interface PredictionEvent {
  readonly id: string;
  readonly model: string;
  readonly [field: string]: unknown;
}

/** An event as apps/inference sends it for the digits model. */
export function predictionEvent(id: string, timestamp: string, at: number): PredictionEvent {
  return {
    id,
    timestamp,
    model: 'digits',
    version: '1',
    alias: 'production',
    latency_ms: 1 + (at % 40) / 8,
    request_id: id,
    outputs: {
      label: String(at % LABELS),
      probabilities: Array.from({ length: LABELS }, (_, label) => (label === at % LABELS ? 0.8125 : 0.02083)),
    },
  };
}

/** `POST /log` with so many events that were never sent before. */
export function freshEvents(count: number, now: Date): Scenario {
  const events = Array.from({ length: count }, (_, at) => predictionEvent(FRESH, now.toISOString(), at));
  return {
    label: count === 1 ? 'one event' : `${count} events`,
    method: 'POST',
    path: '/log',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(count === 1 ? events[0] : events),
  };
}
