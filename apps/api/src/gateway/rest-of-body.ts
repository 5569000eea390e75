import type { IncomingMessage } from 'node:http';
import type { Clock } from '@tidegate/clock';

const DISCARD_MS = 30_000;

/**
 * Reads and drops what a caller still sends after it got its answer. Closing the connection at once would reset it, and
 * many clients read the answer only after they have sent everything. Who sends for longer than 30 s is cut off.
 */
export function discardRest(request: IncomingMessage, clock: Clock): void {
  if (request.complete || request.destroyed) return;
  request.resume();
  const timer = clock.setTimer(() => request.socket.destroy(), DISCARD_MS);
  request.once('close', () => timer.cancel());
}
