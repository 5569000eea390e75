import type { Clock } from '@tidegate/clock';
import { MlflowError } from './mlflow-error';
import { s3Failure } from './s3-failure';

export interface SilenceLimit {
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Ends a call when the store says nothing for too long, or when the caller's signal is aborted. */
export class Silence {
  private readonly stopper = new AbortController();
  private timer: { cancel(): void } | undefined;
  private isOver = false;

  constructor(
    private readonly limit: SilenceLimit,
    private readonly callers: AbortSignal | undefined,
  ) {
    callers?.throwIfAborted();
    callers?.addEventListener('abort', this.stop, { once: true });
    this.heard();
  }

  get signal(): AbortSignal {
    return this.stopper.signal;
  }

  heard(): void {
    this.timer?.cancel();
    this.timer = this.limit.clock.setTimer(() => {
      this.isOver = true;
      this.stop();
    }, this.limit.timeoutMs);
  }

  end(): void {
    this.timer?.cancel();
    this.callers?.removeEventListener('abort', this.stop);
  }

  /** What to throw for what the call threw. */
  explain(failure: unknown, what: string, remedies?: { readonly refused: string; readonly missing: string }) {
    if (this.callers?.aborted) return this.callers.reason as unknown;
    if (!this.isOver) return failure instanceof MlflowError ? failure : s3Failure(what, failure, remedies);
    const message = `${what}: nothing came for ${this.limit.timeoutMs} ms.`;
    return new MlflowError('ARTIFACT_STORE_UNREACHABLE', message, { cause: failure });
  }

  private readonly stop = (): void => this.stopper.abort();
}
