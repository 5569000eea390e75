import { ProblemError } from '@tidegate/schemas';
import type { StorableEvent, StoreOutcome } from '../store/storable-event';

/** Stores a batch in one transaction and says what became of each event; never rejects for an expected failure. */
export type StoreBatch = (events: readonly StorableEvent[]) => Promise<StoreOutcome[]>;

export interface GroupCommitLimits {
  readonly maxBatchEvents: number;
  readonly maxQueuedEvents: number;
  readonly maxQueuedBytes: number;
}

interface Submission {
  readonly events: readonly StorableEvent[];
  readonly bytes: number;
  readonly settle: (outcomes: StoreOutcome[]) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Group commit: what arrives while one transaction runs is collected and shares the next one. There is no timer, so
 * a lone request never waits and a busy service commits as many events at once as the disk's pace asks for.
 */
export class GroupCommitter {
  private waiting: Submission[] = [];
  private queuedEvents = 0;
  private queuedBytes = 0;
  private running?: Promise<void>;

  constructor(
    private readonly store: StoreBatch,
    private readonly limits: GroupCommitLimits,
  ) {}

  /**
   * Resolves with one outcome per event, after the commit.
   *
   * @param bytes size of the request the events came in; the queue's memory is bounded by it.
   * @throws ProblemError OVERLOADED when too much waits already; nothing is stored then.
   */
  submit(events: readonly StorableEvent[], bytes: number): Promise<StoreOutcome[]> {
    const { maxQueuedEvents, maxQueuedBytes } = this.limits;
    // A request that is larger than the whole queue is still served when nothing else waits.
    const isFull =
      this.queuedEvents + events.length > maxQueuedEvents || this.queuedBytes + bytes > maxQueuedBytes;
    if (isFull && this.queuedEvents > 0) return Promise.reject(overloaded());
    this.queuedEvents += events.length;
    this.queuedBytes += bytes;
    return new Promise((settle, fail) => {
      this.waiting.push({ events, bytes, settle, fail });
      this.running ??= this.commitAll().finally(() => (this.running = undefined));
    });
  }

  /** Resolves when nothing waits any more. */
  flush(): Promise<void> {
    return this.running ?? Promise.resolve();
  }

  private async commitAll(): Promise<void> {
    while (this.waiting.length > 0) await this.commit(this.takeBatch());
  }

  /** Whole requests, up to the batch size, at least one. */
  private takeBatch(): Submission[] {
    let count = 0;
    let events = 0;
    for (const submission of this.waiting) {
      events += submission.events.length;
      if (count > 0 && events > this.limits.maxBatchEvents) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async commit(batch: readonly Submission[]): Promise<void> {
    try {
      const outcomes = await this.store(batch.flatMap((submission) => submission.events));
      let start = 0;
      for (const { events, settle } of batch) settle(outcomes.slice(start, (start += events.length)));
    } catch (error) {
      for (const { fail } of batch) fail(error);
    } finally {
      for (const { events, bytes } of batch) {
        this.queuedEvents -= events.length;
        this.queuedBytes -= bytes;
      }
    }
  }
}

function overloaded(): ProblemError {
  return new ProblemError('OVERLOADED', {
    detail: 'Too many events wait for their commit already.',
    headers: { 'retry-after': '1' },
  });
}
