import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

/**
 * Asks until the answer is yes; false when `timeoutMs` pass before.
 *
 * @throws the reason of `stopSignal` once that is aborted
 */
export async function becomesTrue(
  probe: () => Promise<boolean>,
  timeoutMs: number,
  stopSignal: AbortSignal,
): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (performance.now() < deadlineMs) {
    stopSignal.throwIfAborted();
    if (await probe()) return true;
    await delay(POLL_MS);
  }
  return false;
}
