import type { Clock, Timer } from '@tidegate/clock';

interface PendingTimer {
  dueMs: number;
  callback: () => void;
}

/** Time that moves only when a test says so. Timers fire in order of their due time. */
export class FakeClock implements Clock {
  private elapsedMs = 0;
  private readonly timers = new Set<PendingTimer>();

  constructor(private readonly startEpochMs = Date.UTC(2026, 0, 1)) {}

  nowMs(): number {
    return this.startEpochMs + this.elapsedMs;
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  /** Timers that neither fired nor were cancelled. */
  get pendingTimers(): number {
    return this.timers.size;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer = { dueMs: this.elapsedMs + Math.max(0, delayMs), callback };
    this.timers.add(timer);
    return { cancel: () => void this.timers.delete(timer) };
  }

  /** Lets promises settle, moves time forward, firing what becomes due, and lets promises settle after each timer. */
  async advance(byMs: number): Promise<void> {
    await settle();
    const endMs = this.elapsedMs + byMs;
    for (let next = this.nextDue(endMs); next; next = this.nextDue(endMs)) {
      this.timers.delete(next);
      this.elapsedMs = Math.max(this.elapsedMs, next.dueMs);
      next.callback();
      await settle();
    }
    this.elapsedMs = endMs;
    await settle();
  }

  private nextDue(endMs: number): PendingTimer | undefined {
    return [...this.timers].filter((timer) => timer.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}

/** Lets callbacks that are already queued run: several turns, since promise chains take one each. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
