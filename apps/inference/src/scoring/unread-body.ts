import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@tidegate/clock';

/** Who goes on sending for longer is cut off. */
const LINGER_MS = 10_000;

/**
 * Ends an answer that says `connection: close` and is written whole, when its request has come to an end as well. A
 * connection that is closed while its other side still sends is reset, and many clients read only after they have sent
 * everything: they would never see why they were refused. What comes meanwhile is dropped.
 */
export function endAfterBody(request: IncomingMessage, response: ServerResponse, clock: Clock): void {
  const end = (): void => {
    timer.cancel();
    request.off('end', end).off('close', end);
    response.end();
  };
  const timer = clock.setTimer(end, LINGER_MS);
  request.on('end', end).on('close', end);
  request.resume();
}
