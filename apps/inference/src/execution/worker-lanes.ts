import type { Clock, Timer } from '@tidegate/clock';
import type { Lane } from './lane';
import type { Lanes, LanesListener } from './lanes';

/** A lane that can end by itself. */
export interface MortalLane extends Lane {
  /** Called once when it ends by itself, also while nothing runs. */
  onGone(callback: (cause: string) => void): void;
  /** Resolves when its memory is free, which is after the run that is going on. */
  dispose(): Promise<void>;
}

export interface WorkerLanesParts {
  /** Ready to run; at least one. */
  readonly lanes: readonly MortalLane[];
  /** Opens another one, for a lane that is lost. */
  readonly open: (signal: AbortSignal) => Promise<MortalLane>;
  readonly listener: LanesListener;
  readonly clock: Clock;
}

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10_000;
/** So many failures in a row, with no lane left, are no accident. */
const HOPELESS_FAILURES = 3;
/** A thread inside native code cannot be stopped: a stop does not wait for it. */
const DISPOSE_WAIT_MS = 1000;

/**
 * Worker threads, each with the model in memory. One that dies or is given up is replaced. A run in native code cannot be
 * interrupted: a thread that was given up keeps its core and its memory until the run ends, so that there may be only one
 * more of them than there are lanes; beyond that none is replaced before one of them ends.
 */
export class WorkerLanes implements Lanes {
  readonly size: number;
  private readonly free: MortalLane[];
  private readonly alive: Set<MortalLane>;
  /** Disposed of, and not ended yet. */
  private readonly ending = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private opening: Promise<void> | undefined;
  private retry: Timer | undefined;
  private failures = 0;
  private reportFree: () => void = () => undefined;

  constructor(private readonly parts: WorkerLanesParts) {
    this.size = parts.lanes.length;
    this.free = [...parts.lanes];
    this.alive = new Set(parts.lanes);
    for (const lane of parts.lanes) this.watch(lane);
  }

  get isBeyondRepair(): boolean {
    return this.alive.size === 0 && (this.failures >= HOPELESS_FAILURES || this.hasTooManyStuck);
  }

  take(): Lane | undefined {
    return this.free.pop();
  }

  giveBack(lane: Lane): void {
    if (this.alive.has(lane as MortalLane)) this.free.push(lane as MortalLane);
  }

  lose(lane: Lane, cause: string): void {
    if (!this.alive.delete(lane as MortalLane)) return;
    const index = this.free.indexOf(lane as MortalLane);
    if (index >= 0) this.free.splice(index, 1);
    this.end(lane);
    this.parts.listener.onLost(cause);
    if (this.alive.size === 0) this.startAfresh();
    this.refill();
  }

  onFree(callback: () => void): void {
    this.reportFree = callback;
  }

  async dispose(): Promise<void> {
    this.stopping.abort();
    this.retry?.cancel();
    for (const lane of this.alive) this.end(lane);
    this.alive.clear();
    this.free.length = 0;
    const all = Promise.all([...this.ending, this.opening]);
    await new Promise<void>((resolve) => {
      const timer = this.parts.clock.setTimer(resolve, DISPOSE_WAIT_MS);
      void all.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  private get hasTooManyStuck(): boolean {
    return this.ending.size > this.size;
  }

  private end(lane: Lane): void {
    const ending = lane.dispose().finally(() => {
      this.ending.delete(ending);
      this.refill();
    });
    this.ending.add(ending);
  }

  /** The last one is gone: a new one is worth a try at once, whatever was in vain while others served. */
  private startAfresh(): void {
    this.failures = 0;
    this.retry?.cancel();
    this.retry = undefined;
  }

  private watch(lane: MortalLane): void {
    lane.onGone((cause) => this.lose(lane, cause));
  }

  /** Opens what is missing, one after the other: loading takes a core from those who answer. */
  private refill(): void {
    const isWaiting = this.opening !== undefined || this.retry !== undefined;
    if (isWaiting || this.stopping.signal.aborted) return;
    if (this.alive.size === this.size || this.hasTooManyStuck) return;
    this.opening = this.replace().finally(() => {
      this.opening = undefined;
      this.refill();
    });
  }

  private async replace(): Promise<void> {
    const { signal } = this.stopping;
    try {
      const lane = await this.parts.open(signal);
      this.failures = 0;
      if (signal.aborted) return this.end(lane);
      this.alive.add(lane);
      this.free.push(lane);
      this.watch(lane);
      this.reportFree();
    } catch (error) {
      if (signal.aborted) return;
      this.failures += 1;
      this.parts.listener.onNotReplaced(error, this.failures);
      const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.failures - 1));
      this.retry = this.parts.clock.setTimer(() => {
        this.retry = undefined;
        this.refill();
      }, delayMs);
    }
  }
}
