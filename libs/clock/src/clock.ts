/** A timer that can be taken back; `cancel` after it fired does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * The only source of time in libs and apps, so that tests decide what time it is.
 *
 * `nowMs` is wall-clock time (Unix epoch, milliseconds) for what people read; it may jump.
 * `monotonicMs` never goes back (milliseconds from an arbitrary start): ages, deadlines and expiry use it.
 */
export interface Clock {
  nowMs(): number;
  monotonicMs(): number;
  /** Calls `callback` once after `delayMs`; the timer does not keep the process alive. */
  setTimer(callback: () => void, delayMs: number): Timer;
}
