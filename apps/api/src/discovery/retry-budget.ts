import type { Clock } from '@tidegate/clock';

/** One retry for ten requests … */
const EARNED_PER_REQUEST = 0.1;
/** … and one a second besides, so that a quiet service has retries as well. */
const EARNED_PER_SECOND = 1;
const MAX_SAVED = 100;
const SAVED_AT_START = 10;

/** Bounds how many requests are sent twice: retries must not double the load of a service that is ill. */
export class RetryBudget {
  private saved = SAVED_AT_START;
  private updatedAtMs: number;

  constructor(private readonly clock: Clock) {
    this.updatedAtMs = clock.monotonicMs();
  }

  /** To be called for every request. */
  earn(): void {
    if (this.saved < MAX_SAVED) this.saved += EARNED_PER_REQUEST;
  }

  /** Takes one retry, if there is one. */
  spend(): boolean {
    const nowMs = this.clock.monotonicMs();
    const earned = ((nowMs - this.updatedAtMs) / 1000) * EARNED_PER_SECOND;
    this.updatedAtMs = nowMs;
    this.saved = Math.min(MAX_SAVED, this.saved + earned);
    if (this.saved < 1) return false;
    this.saved -= 1;
    return true;
  }
}
