import { type Clock, sleep } from '@tidegate/clock';
import { EventBlock } from './event-block';
import { EventRing } from './event-ring';
import type { EventSpool } from './event-spool';

export interface EventQueueOptions {
  readonly maxEvents: number;
  readonly maxBytes: number;
  readonly spool: EventSpool | undefined;
  readonly clock: Clock;
  /** How long the first event waits for company on the way to the disk. */
  readonly lingerMs: number;
}

/** The oldest events, which are being sent. One batch at a time. */
export interface EventBatch {
  readonly events: EventBlock;
  /** They were delivered, but for the `refused` ones (indexes), which will never be. */
  done(refused: readonly number[], reason: string): Promise<void>;
  /** They were not delivered: they come again. */
  back(): void;
}

/** What goes to the disk in one write: it must not hold up the event loop. */
const SPILL_EVENTS = 4000;
const SPILL_BYTES = 1024 * 1024;
/** As one body. */
const BATCH_BYTES = 2 * 1024 * 1024;

/**
 * Events in order: the older ones on disk, the newer ones in memory. They move to the disk while the receiver is away and
 * whenever the memory is half full, also while a batch is being sent: a receiver that takes the connection and never
 * answers must not cost events.
 */
export class EventQueue {
  /** While it is, everything moves to the disk. */
  private isReceiverAway = false;
  private readonly ring: EventRing;
  private readonly spool: EventSpool | undefined;
  private readonly closing = new AbortController();
  /** How many of the oldest in memory are being sent, or were when they moved to the disk (`movedInFlight` of them). */
  private inFlight = 0;
  private movedInFlight = 0;
  private isSpilling = false;
  private lastTurn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: EventQueueOptions) {
    this.ring = new EventRing(options.maxEvents, options.maxBytes);
    this.spool = options.spool;
  }

  /** In memory. */
  get size(): number {
    return this.ring.size;
  }

  /** In memory, as far as can be said before their length is known. */
  hasRoomFor(events: number): boolean {
    return this.ring.hasRoomFor(events);
  }

  /** Called for every event: no promise, no timer, unless they are due. False: there is no room. */
  push(event: string): boolean {
    const isTaken = this.ring.push(event);
    if (isTaken) this.spillWhenDue();
    return isTaken;
  }

  /** Either all are taken or, when there is no room for all (false), none. */
  pushAll(events: readonly string[]): boolean {
    const areTaken = this.ring.pushAll(events);
    if (areTaken) this.spillWhenDue();
    return areTaken;
  }

  set isAway(isAway: boolean) {
    this.isReceiverAway = isAway;
    this.spillWhenDue();
  }

  /** Also when it takes events again. */
  onSpoolReady(): void {
    this.spillWhenDue();
  }

  /** Undefined when nothing waits. */
  nextBatch(maxEvents: number): Promise<EventBatch | undefined> {
    return this.inTurn(async () => (await this.spooledBatch(maxEvents)) ?? this.batchOfMemory(maxEvents));
  }

  /** Moves to the disk what it can. Resolves to the number of events that are lost. */
  async close(): Promise<number> {
    this.closing.abort();
    await this.spool?.opened;
    while ((await this.inTurn(() => this.spill())) && this.ring.size > 0);
    const lost = this.ring.size;
    this.ring.remove(lost);
    await this.spool?.close();
    return lost;
  }

  private async spooledBatch(maxEvents: number): Promise<EventBatch | undefined> {
    const { spool } = this;
    const batch = await spool?.peek(maxEvents, BATCH_BYTES);
    if (spool === undefined || batch === undefined) return undefined;
    const events = EventBlock.of(batch.records.map(({ payload }) => payload));
    return {
      events,
      done: async (refused, reason) => {
        await this.setAside(events, refused, reason);
        await spool.remove(batch);
      },
      back: () => undefined,
    };
  }

  private batchOfMemory(maxEvents: number): EventBatch | undefined {
    const events = this.ring.peek(maxEvents, BATCH_BYTES);
    if (events.size === 0) return undefined;
    this.inFlight = events.size;
    const land = (): number => {
      const moved = this.movedInFlight;
      this.inFlight = 0;
      this.movedInFlight = 0;
      return moved;
    };
    return {
      events,
      done: (refused, reason) =>
        this.inTurn(async () => {
          await this.setAside(events, refused, reason);
          const moved = land();
          this.ring.remove(events.size - moved);
          await this.spool?.skip(moved);
        }),
      back: land,
    };
  }

  private async setAside(events: EventBlock, indexes: readonly number[], reason: string): Promise<void> {
    if (indexes.length === 0) return;
    const payloads = events.payloads();
    await this.spool?.setAside(indexes.map((index) => ({ bytes: payloads[index] as Buffer, reason })));
  }

  private get isSpillDue(): boolean {
    return (
      (this.isReceiverAway || this.ring.isHalfFull) && this.ring.size > 0 && this.spool?.takesEvents === true
    );
  }

  private spillWhenDue(): void {
    if (this.spool === undefined || this.isSpilling || !this.isSpillDue) return;
    this.isSpilling = true;
    void this.keepSpilling();
  }

  private async keepSpilling(): Promise<void> {
    const { clock, lingerMs } = this.options;
    while (this.isSpillDue) {
      if (!this.ring.isHalfFull) await sleep(clock, lingerMs, this.closing.signal);
      await this.inTurn(() => this.spill());
    }
    this.isSpilling = false;
  }

  /** Moves some of the oldest events to the disk; false when it takes none. */
  private async spill(): Promise<boolean> {
    const events = this.ring.peek(SPILL_EVENTS, SPILL_BYTES);
    const isTaken = events.size > 0 && (await this.spool?.append(events.payloads())) === true;
    if (isTaken) {
      this.ring.remove(events.size);
      this.movedInFlight = Math.min(this.inFlight, this.movedInFlight + events.size);
    }
    return isTaken;
  }

  /** One at a time: what is done to the oldest events must not be done twice. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.lastTurn.then(work);
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }
}
