import type { ProblemError } from '@tidegate/schemas';
import type { ModelRun } from '../protocols/protocol';
import type { Tensors } from '../tensors/tensor';

/** A run that waits for its turn. Times are of the monotonic clock. */
export interface WaitingRun extends ModelRun {
  readonly queuedAtMs: number;
  readonly deadlineMs: number;
  readonly isAbandoned: () => boolean;
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (problem: ProblemError | RequestAbandoned) => void;
  /** It has its outcome: its time may be over while it runs, and its batch fails afterwards. */
  isSettled: boolean;
  /** It was in a batch that failed: it runs by itself now. */
  isAlone?: boolean;
}

/** Nobody waits for the answer any more: it was not run. */
export class RequestAbandoned extends Error {
  constructor() {
    super('The caller left before its request ran.');
    this.name = 'RequestAbandoned';
  }
}

/** First in, first out, counted in rows. */
export class RunQueue {
  private readonly items: WaitingRun[] = [];
  /** The items before this one are taken; they are cut off now and then. */
  private head = 0;
  private rowCount = 0;

  get rows(): number {
    return this.rowCount;
  }

  /** A run may have no rows. */
  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  add(run: WaitingRun): void {
    this.items.push(run);
    this.rowCount += run.rows;
  }

  /** To the front. */
  putBackAlone(run: WaitingRun): void {
    run.isAlone = true;
    this.items.splice(this.head, 0, run);
    this.rowCount += run.rows;
  }

  /**
   * The oldest ones that fit into `maxRows` together, at least one however many rows it has; abandoned ones are passed
   * over. Without `fits` only one.
   */
  take(maxRows: number, fits?: (first: Tensors, other: Tensors) => boolean): WaitingRun[] {
    const batch: WaitingRun[] = [];
    let rows = 0;
    while (this.head < this.items.length) {
      const next = this.items[this.head] as WaitingRun;
      if (next.isSettled || next.isAbandoned()) {
        this.drop(next);
        next.isSettled = true;
        next.reject(new RequestAbandoned());
        continue;
      }
      const [first] = batch;
      if (first !== undefined) {
        const isOver = rows + next.rows > maxRows || first.isAlone === true || next.isAlone === true;
        if (isOver || fits === undefined || !fits(first.inputs, next.inputs)) break;
      }
      this.drop(next);
      batch.push(next);
      rows += next.rows;
    }
    return batch;
  }

  /** Those whose deadline has passed. All have the same time, so they are the oldest. */
  takeOverdue(nowMs: number): WaitingRun[] {
    const overdue: WaitingRun[] = [];
    while (this.head < this.items.length) {
      const next = this.items[this.head] as WaitingRun;
      if (nowMs < next.deadlineMs) break;
      this.drop(next);
      overdue.push(next);
    }
    return overdue;
  }

  private drop(run: WaitingRun): void {
    this.rowCount -= run.rows;
    this.head += 1;
    if (this.head === this.items.length) {
      this.items.length = 0;
      this.head = 0;
    } else if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.items.splice(0, this.head);
      this.head = 0;
    }
  }
}
