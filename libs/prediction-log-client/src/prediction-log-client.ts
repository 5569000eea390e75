import { type Clock, sleep, systemClock } from '@tidegate/clock';
import type { PredictionEvent } from '@tidegate/schemas';
import { EventRing } from './event-ring';
import type { Delivery, EventTransport } from './event-transport';
import { HttpTransport, type HttpTransportOptions } from './http-transport';

/** `dropped`: never delivered, because the queue was full or the time at shutdown ran out. */
export type EventResult = 'stored' | 'duplicate' | 'rejected' | 'dropped';

/** Told what happens, for metrics and logs; must not throw. */
export interface PredictionLogObserver {
  /** `reason` comes with `rejected` and `dropped`. */
  onResult(result: EventResult, count: number, reason?: string): void;
  /** The receiver stopped taking events (with the cause), or takes them again. Once per change. */
  onAvailability(isAvailable: boolean, cause?: string): void;
}

export interface PredictionLogClientOptions {
  /** Where batches go: the logging app by HTTP, or any other transport. */
  readonly transport: HttpTransportOptions | EventTransport;
  /** How many events wait at most; a new one beyond that is dropped and counted. @default 10000 */
  readonly maxQueuedEvents?: number;
  /** @default 500 */
  readonly maxBatchEvents?: number;
  /** How long the first event of a batch waits for company. @default 50 */
  readonly lingerMs?: number;
  /** First wait after a failure; doubles with each further one. @default 200 */
  readonly minRetryMs?: number;
  /** Longest wait between two tries, also when the receiver asks for more. @default 10000 */
  readonly maxRetryMs?: number;
  readonly observer?: PredictionLogObserver;
  /** @default systemClock */
  readonly clock?: Clock;
  /** From 0 to below 1. @default Math.random */
  readonly random?: () => number;
}

/** Counts since the client was made; `queued` is now. */
export interface PredictionLogStats extends Readonly<Record<EventResult, number>> {
  readonly queued: number;
}

/** After a 413 batches grow back slowly: events of one model tend to be of one size. */
const BATCH_GROWTH = 8;

/**
 * Sends prediction events in the background: a bounded queue, batches, retries while the receiver is away.
 * Events carry their id, so a batch that is sent again after a lost answer is stored once.
 *
 * When the queue is full the newest event is dropped: what waits was promised first, and it keeps its order.
 */
export class PredictionLogClient {
  private readonly ring: EventRing<PredictionEvent>;
  private readonly transport: EventTransport;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly maxBatchEvents: number;
  private readonly lingerMs: number;
  private readonly minRetryMs: number;
  private readonly maxRetryMs: number;
  private readonly counts: Record<EventResult, number> = { stored: 0, duplicate: 0, rejected: 0, dropped: 0 };
  private readonly closing = new AbortController();
  /** Aborted to end the wait for company or for a retry early. */
  private waiting = new AbortController();
  private pumping: Promise<void> | undefined;
  private isFlushing = false;
  private isAvailable = true;
  private failures = 0;
  private batchLimit: number;

  constructor(private readonly options: PredictionLogClientOptions) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.ring = new EventRing(options.maxQueuedEvents ?? 10_000);
    this.maxBatchEvents = options.maxBatchEvents ?? 500;
    this.batchLimit = this.maxBatchEvents;
    this.lingerMs = options.lingerMs ?? 50;
    this.minRetryMs = options.minRetryMs ?? 200;
    this.maxRetryMs = options.maxRetryMs ?? 10_000;
    this.transport =
      'send' in options.transport ? options.transport : new HttpTransport(options.transport, this.clock);
  }

  /** Takes an event for sending; never waits, never throws. False: dropped, and counted. */
  add(event: PredictionEvent): boolean {
    if (this.closing.signal.aborted || !this.ring.push(event)) {
      const reason = this.closing.signal.aborted ? 'the sender is closed' : 'the queue is full';
      this.count('dropped', 1, reason);
      return false;
    }
    if (this.pumping === undefined) this.pumping = this.pump();
    else if (this.ring.size === this.maxBatchEvents && this.failures === 0) this.waiting.abort();
    return true;
  }

  stats(): PredictionLogStats {
    return { ...this.counts, queued: this.ring.size };
  }

  /**
   * Sends what waits without lingering and ends the client, after `deadlineMs` at the latest.
   * Resolves to the number of events that could not be delivered; they count as dropped.
   */
  async flush(deadlineMs: number): Promise<number> {
    this.isFlushing = true;
    this.waiting.abort();
    const timer = this.clock.setTimer(() => this.close(), deadlineMs);
    await this.pumping;
    timer.cancel();
    this.close();
    const left = this.ring.size;
    this.ring.remove(left);
    if (left > 0) this.count('dropped', left, 'the time for delivery at shutdown ran out');
    return left;
  }

  private close(): void {
    this.closing.abort();
    this.waiting.abort();
  }

  private async pump(): Promise<void> {
    await this.pause(this.lingerMs);
    while (this.ring.size > 0 && !this.closing.signal.aborted) {
      const batch = this.ring.peek(this.batchLimit);
      const delivery = await this.transport.send(batch, this.closing.signal);
      await this.settle(delivery, batch.length);
      if (this.failures === 0 && this.ring.size < this.maxBatchEvents) await this.pause(this.lingerMs);
    }
    this.pumping = undefined;
  }

  private async settle(delivery: Delivery, size: number): Promise<void> {
    if (delivery.kind === 'unavailable') {
      if (!this.closing.signal.aborted) this.note(false, delivery.reason);
      this.failures += 1;
      await this.pause(this.retryDelayMs(delivery.retryAfterMs));
      return;
    }
    this.note(true);
    this.failures = 0;
    if (delivery.kind === 'too-large' && size > 1) {
      this.batchLimit = Math.ceil(size / 2);
      return;
    }
    this.ring.remove(size);
    this.batchLimit = Math.min(this.maxBatchEvents, this.batchLimit + BATCH_GROWTH);
    if (delivery.kind !== 'accepted') {
      this.count('rejected', size, delivery.reason);
      return;
    }
    this.count('stored', delivery.stored);
    this.count('duplicate', delivery.duplicates);
    this.count('rejected', delivery.rejected, delivery.reason);
  }

  /** Exponential, with the upper half random, so that many senders do not come back at the same moment. */
  private retryDelayMs(retryAfterMs = 0): number {
    const backOffMs = Math.min(this.maxRetryMs, this.minRetryMs * 2 ** Math.min(this.failures - 1, 20));
    const wishedMs = Math.min(retryAfterMs, this.maxRetryMs);
    return Math.max(wishedMs, backOffMs / 2) + (this.random() * backOffMs) / 2;
  }

  /** While flushing only waits after failures are kept: a receiver that is away must not be hammered. */
  private async pause(delayMs: number): Promise<void> {
    if (this.closing.signal.aborted || (this.isFlushing && this.failures === 0)) return;
    this.waiting = new AbortController();
    await sleep(this.clock, delayMs, this.waiting.signal);
  }

  private note(isAvailable: boolean, cause?: string): void {
    if (isAvailable === this.isAvailable) return;
    this.isAvailable = isAvailable;
    this.options.observer?.onAvailability(isAvailable, cause);
  }

  private count(result: EventResult, count: number, reason?: string): void {
    if (count === 0) return;
    this.counts[result] += count;
    this.options.observer?.onResult(result, count, reason);
  }
}
