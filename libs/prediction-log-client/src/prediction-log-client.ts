import { type Clock, sleep, systemClock } from '@tidegate/clock';
import { type EventBatch, EventQueue } from './event-queue';
import { EventSpool, type EventSpoolOptions } from './event-spool';
import type { Delivery, EventTransport } from './event-transport';
import { HttpTransport, type HttpTransportOptions } from './http-transport';

/** `dropped`: never delivered, because there was no room left or the time at shutdown ran out. */
export type EventResult = 'stored' | 'duplicate' | 'rejected' | 'dropped';

/** Told what happens, for metrics and logs; must not throw. */
export interface PredictionLogObserver {
  /** `reason` comes with `rejected` and `dropped`; those dropped for want of room are told about once a second. */
  onResult(result: EventResult, count: number, reason?: string): void;
  /** The receiver stopped taking events (with the cause), or takes them again. Once per change. */
  onAvailability(isAvailable: boolean, cause?: string): void;
  /** The disk cannot be used, or something in it was set aside. Once per cause; it is tried again by itself. */
  onSpoolProblem?(problem: string): void;
}

export interface PredictionLogClientOptions {
  /** Where batches go: the logging app by HTTP, or any other transport. */
  readonly transport: HttpTransportOptions | EventTransport;
  /** How many events wait in memory at most; beyond that they go to the spool, or are dropped and counted. @default 50000 */
  readonly maxQueuedEvents?: number;
  /** Of the events in memory together, which limits them when they are large. @default 64 Mi */
  readonly maxQueuedBytes?: number;
  /** Where events wait while the receiver is away. @default in memory only */
  readonly spool?: EventSpoolOptions;
  /** In one request, of 2 MiB at most. @default 2000 */
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

/** Counts since the client was made; `queued` (in memory) and `spooled` (on disk) are now. */
export interface PredictionLogStats extends Readonly<Record<EventResult, number>> {
  readonly queued: number;
  readonly spooled: number;
  readonly spooledBytes: number;
}

/** After a 413 batches grow back slowly: events of one model tend to be of one size. */
const BATCH_GROWTH = 16;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
/** A full queue drops thousands a second. */
const DROP_REPORT_MS = 1000;

/**
 * Sends prediction events in the background: a bounded queue, batches, retries while the receiver is away. Events carry
 * their id, so a batch that is sent again after a lost answer is stored once.
 *
 * With a spool what cannot be sent moves to the disk, and what waits there is sent first, also by the next process. When
 * there is no room left the newest event is dropped: what waits was promised first.
 */
export class PredictionLogClient {
  private readonly queue: EventQueue;
  private readonly spool: EventSpool | undefined;
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
  private untoldDrops = 0;

  constructor(private readonly options: PredictionLogClientOptions) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.maxBatchEvents = options.maxBatchEvents ?? 2_000;
    this.batchLimit = this.maxBatchEvents;
    this.lingerMs = options.lingerMs ?? 50;
    this.minRetryMs = options.minRetryMs ?? 200;
    this.maxRetryMs = options.maxRetryMs ?? 10_000;
    this.transport =
      'send' in options.transport ? options.transport : new HttpTransport(options.transport, this.clock);
    this.spool = options.spool && this.openSpool(options.spool);
    this.queue = new EventQueue({
      maxEvents: options.maxQueuedEvents ?? 50_000,
      maxBytes: options.maxQueuedBytes ?? MAX_QUEUED_BYTES,
      spool: this.spool,
      clock: this.clock,
      lingerMs: this.lingerMs,
    });
  }

  /** Takes an event, as JSON, for sending; never waits, never throws. False: dropped, and counted. */
  add(event: string): boolean {
    if (this.closing.signal.aborted || !this.queue.push(event)) return this.drop();
    this.wake(1);
    return true;
  }

  /**
   * Takes all of `events` or none, for a caller that does not go on without them; never waits, never throws. False: there
   * is no room, and nothing is counted.
   */
  offer(events: readonly string[]): boolean {
    if (this.closing.signal.aborted || !this.queue.pushAll(events)) return false;
    this.wake(events.length);
    return true;
  }

  /** Whether so many more would be kept if they are as large as those that wait: `offer` says it for certain. */
  hasRoomFor(events: number): boolean {
    return this.queue.hasRoomFor(events);
  }

  stats(): PredictionLogStats {
    const { records = 0, bytes = 0 } = this.spool?.stats ?? {};
    return { ...this.counts, queued: this.queue.size, spooled: records, spooledBytes: bytes };
  }

  /**
   * Sends what waits without lingering and ends the client, after `deadlineMs` at the latest; what could not be delivered
   * by then stays in the spool for the next start. Resolves to the number of events that are lost; they count as dropped.
   */
  async flush(deadlineMs: number): Promise<number> {
    this.isFlushing = true;
    this.waiting.abort();
    // The timers of a clock do not keep a process alive, and nothing else may be left that does.
    const hold = setInterval(() => undefined, 60_000);
    try {
      return await this.finish(deadlineMs);
    } finally {
      clearInterval(hold);
    }
  }

  private async finish(deadlineMs: number): Promise<number> {
    const timer = this.clock.setTimer(() => this.close(), deadlineMs);
    while (this.pumping !== undefined) await this.pumping;
    timer.cancel();
    this.tellDrops();
    this.close();
    const lost = await this.queue.close();
    this.count('dropped', lost, 'the time for delivery at shutdown ran out');
    return lost;
  }

  private close(): void {
    this.closing.abort();
    this.waiting.abort();
  }

  private openSpool(options: EventSpoolOptions): EventSpool {
    return new EventSpool(options, this.clock, {
      onProblem: (problem) => this.options.observer?.onSpoolProblem?.(problem),
      // What an earlier process left is sent without an event of our own.
      onReady: () => {
        this.queue.onSpoolReady();
        if (this.pumping === undefined && !this.closing.signal.aborted) this.pump();
      },
    });
  }

  /** After `count` more came. */
  private wake(count: number): void {
    if (this.pumping === undefined) return this.pump();
    const isFullNow = this.queue.size >= this.maxBatchEvents && this.queue.size - count < this.maxBatchEvents;
    if (isFullNow && this.failures === 0) this.waiting.abort();
  }

  private pump(): void {
    this.pumping = this.sendAll().finally(() => {
      this.pumping = undefined;
      // One came between the last look and now.
      if (this.queue.size > 0 && !this.closing.signal.aborted) this.pump();
    });
  }

  private async sendAll(): Promise<void> {
    if (this.spool !== undefined) await this.spool.opened;
    if (!this.isBusy) await this.pause(this.lingerMs);
    while (!this.closing.signal.aborted) {
      const batch = await this.queue.nextBatch(this.batchLimit);
      if (batch === undefined) break;
      const delivery = await this.transport.send(batch.events, this.closing.signal);
      await this.settle(delivery, batch);
      if (this.failures === 0 && !this.isBusy) await this.pause(this.lingerMs);
    }
  }

  /** Whether a full batch waits. */
  private get isBusy(): boolean {
    return this.queue.size >= this.maxBatchEvents || (this.spool?.stats.records ?? 0) > 0;
  }

  private async settle(delivery: Delivery, batch: EventBatch): Promise<void> {
    const { size } = batch.events;
    if (delivery.kind === 'unavailable') {
      batch.back();
      if (!this.closing.signal.aborted) this.note(false, delivery.reason);
      this.failures += 1;
      await this.pause(this.retryDelayMs(delivery.retryAfterMs));
      return;
    }
    this.note(true);
    this.failures = 0;
    if (delivery.kind === 'too-large' && size > 1) {
      batch.back();
      this.batchLimit = Math.ceil(size / 2);
      return;
    }
    this.batchLimit = Math.min(this.maxBatchEvents, this.batchLimit + BATCH_GROWTH);
    if (delivery.kind !== 'accepted') {
      this.count('rejected', size, delivery.reason);
      await batch.done([...Array(size).keys()], delivery.reason);
      return;
    }
    this.count('stored', delivery.stored);
    this.count('duplicate', delivery.duplicates);
    this.count('rejected', delivery.rejected, delivery.reason);
    await batch.done(delivery.rejectedIndexes ?? [], delivery.reason ?? 'rejected');
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
    this.queue.isAway = !isAvailable;
    this.options.observer?.onAvailability(isAvailable, cause);
  }

  private drop(): false {
    this.counts.dropped += 1;
    this.untoldDrops += 1;
    if (this.closing.signal.aborted) this.tellDrops();
    else if (this.untoldDrops === 1) this.clock.setTimer(() => this.tellDrops(), DROP_REPORT_MS);
    return false;
  }

  private tellDrops(): void {
    const count = this.untoldDrops;
    this.untoldDrops = 0;
    const reason = this.closing.signal.aborted ? 'the sender is closed' : 'the queue is full';
    if (count > 0) this.options.observer?.onResult('dropped', count, reason);
  }

  private count(result: EventResult, count: number, reason?: string): void {
    if (count === 0) return;
    this.counts[result] += count;
    this.options.observer?.onResult(result, count, reason);
  }
}
