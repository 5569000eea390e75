import type { Lane } from './lane';

/** What happened to the lanes of a model; must not throw. */
export interface LanesListener {
  /** A lane is given up; a new one is being opened. */
  onLost(cause: string): void;
  /** Opening a new one failed `failures` times in a row. */
  onNotReplaced(error: unknown, failures: number): void;
}

/** The places where one model version runs, and which of them are free. */
export interface Lanes {
  /** How many there are when all are well. */
  readonly size: number;
  /** The next free one, which is then in use. */
  take(): Lane | undefined;
  /** Its run has ended. */
  giveBack(lane: Lane): void;
  /** It died or is stuck: it is disposed of and replaced; never given back. */
  lose(lane: Lane, cause: string): void;
  /** Called when a lane gets free that nobody gave back: one that replaces a lost one. */
  onFree(callback: () => void): void;
  /** Whether every lane is lost and new ones cannot be had: only a restart of the process can help. */
  readonly isBeyondRepair: boolean;
  dispose(): Promise<void>;
}

/** The thread that asks is the only place. */
export class InlineLane implements Lanes {
  readonly size = 1;
  readonly isBeyondRepair = false;
  private isFree = true;

  constructor(private readonly lane: Lane) {}

  take(): Lane | undefined {
    if (!this.isFree) return undefined;
    this.isFree = false;
    return this.lane;
  }

  giveBack(): void {
    this.isFree = true;
  }

  /** A run in this thread cannot be given up: whoever could notice it waits for its end as well. */
  lose(): void {
    this.isFree = true;
  }

  onFree(): void {
    // It is never replaced.
  }

  dispose(): Promise<void> {
    return this.lane.dispose();
  }
}
