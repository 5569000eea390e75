import type { Clock, Timer } from '@tidegate/clock';

/** A point in time to race work against; it can be brought forward, never put off. */
export class Deadline {
  readonly reached: Promise<void>;
  private readonly reach: () => void;
  private endsAtMs: number;
  private timer: Timer;

  constructor(
    private readonly clock: Clock,
    delayMs: number,
  ) {
    let reach!: () => void;
    this.reached = new Promise((resolve) => (reach = resolve));
    this.reach = reach;
    this.endsAtMs = clock.monotonicMs() + delayMs;
    this.timer = clock.setTimer(reach, delayMs);
  }

  bringForward(delayMs: number): void {
    const endsAtMs = this.clock.monotonicMs() + delayMs;
    if (endsAtMs >= this.endsAtMs) return;
    this.endsAtMs = endsAtMs;
    this.timer.cancel();
    this.timer = this.clock.setTimer(this.reach, delayMs);
  }

  cancel(): void {
    this.timer.cancel();
  }
}
