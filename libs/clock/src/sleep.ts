import type { Clock } from './clock';

/** Resolves after `delayMs`, at once when `signal` is or becomes aborted; never rejects. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = clock.setTimer(wake, delayMs);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
