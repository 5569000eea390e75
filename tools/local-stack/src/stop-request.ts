const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// npm passes Ctrl-C on to us although the terminal sent it to us already: what comes this soon after the first is
// the same key press.
const SAME_REQUEST_MS = 1_000;

export interface StopRequest {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly requested: Promise<void>;
}

export interface StopRequestOptions {
  /** Called for a signal that comes when the stop is already under way: the user does not want to wait. */
  onImpatience: () => void;
  source?: Pick<NodeJS.Process, 'on'>;
  nowMs?: () => number;
}

/** Turns Ctrl-C, `kill` and a closed terminal into one request to stop. */
export function listenForStop({
  onImpatience,
  source = process,
  nowMs = () => performance.now(),
}: StopRequestOptions): StopRequest {
  const controller = new AbortController();
  let firstMs: number | undefined;
  for (const name of SIGNALS) {
    source.on(name, () => {
      if (firstMs === undefined) {
        firstMs = nowMs();
        controller.abort();
      } else if (nowMs() - firstMs > SAME_REQUEST_MS) {
        onImpatience();
      }
    });
  }
  const requested = new Promise<void>((resolve) =>
    controller.signal.addEventListener('abort', () => resolve()),
  );
  return { signal: controller.signal, requested };
}
