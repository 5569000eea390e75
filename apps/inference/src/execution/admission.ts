import { ProblemError } from '@tidegate/schemas';
import type { BatchDurations } from './batch-durations';

export interface AdmissionLimits {
  /** Rows that wait at most. */
  readonly maxQueueRows: number;
  /** Most rows in one run. */
  readonly maxBatchRows: number;
  /** Longest expected wait in the queue; 0: as many as `maxQueueRows` wait however long. */
  readonly maxQueueMs: number;
}

/**
 * Decides how many rows run together and how many may wait. A queue that is bounded by its rows alone is either too short
 * for a fast model or minutes long for a slow one: what a caller waits for is what counts, so the expected wait is
 * bounded, from what runs of this model have taken.
 */
export class Admission {
  constructor(
    private readonly limits: AdmissionLimits,
    private readonly durations: BatchDurations,
    private readonly mergesRequests: boolean,
  ) {}

  /** Rows of the next run at most. More only help when they cost less together than one after the other. */
  batchRows(): number {
    if (!this.mergesRequests) return 1;
    // What comes next waits for the whole run, and must not wait longer than in the queue.
    const limitMs = Math.max(this.limits.maxQueueMs || Infinity, 2 * this.durations.expected(1));
    return this.durations.rowsWithin(limitMs, this.limits.maxBatchRows);
  }

  /**
   * @param waitingRows that are in the queue already
   * @throws ProblemError `QUEUE_FULL` with `retry-after`
   */
  admit(rows: number, waitingRows: number, lanes: number): void {
    if (waitingRows === 0) return;
    const { maxQueueRows, maxQueueMs } = this.limits;
    if (waitingRows + rows > maxQueueRows) {
      throw full(
        `${waitingRows} rows wait already, at most ${maxQueueRows} may`,
        this.waitMs(waitingRows, lanes),
      );
    }
    if (maxQueueMs === 0) return;
    const waitMs = this.waitMs(waitingRows, lanes);
    const limitMs = Math.max(maxQueueMs, 2 * this.durations.expected(1));
    if (waitMs <= limitMs) return;
    throw full(
      `what waits already needs about ${Math.ceil(waitMs)} ms, at most ${Math.ceil(limitMs)} ms are allowed`,
      waitMs,
    );
  }

  /** Until rows that come now would run, when all of `waitingRows` run before. */
  private waitMs(waitingRows: number, lanes: number): number {
    const batchRows = this.batchRows();
    const batches = Math.ceil(waitingRows / batchRows);
    return (batches * this.durations.expected(Math.min(waitingRows, batchRows))) / lanes;
  }
}

function full(what: string, waitMs: number): ProblemError {
  return new ProblemError('QUEUE_FULL', {
    detail: `The queue of this model is full: ${what}.`,
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  });
}
