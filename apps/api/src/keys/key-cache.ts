import type { Clock } from '@tidegate/clock';
import { unavailabilityOf } from '@tidegate/database';
import { ProblemError } from '@tidegate/schemas';
import type { KeyRecord } from './key-record';

/** Where records come from; rejects with DatabaseUnavailable when the database is away. */
export interface KeySource {
  find(id: string): Promise<KeyRecord | undefined>;
}

interface Entry {
  readonly record: KeyRecord | undefined;
  readonly readAtMs: number;
}

/** A change in the database (such as a revocation) is seen after this at the latest. */
const FRESH_MS = 5_000;
/** From this age on a key in use is read again in the background, so that its requests do not wait at the limit. */
const REFRESH_FROM_MS = 4_000;
/** While the database is away, a key that was known stays valid for this long. */
const KEPT_WITHOUT_DATABASE_MS = 300_000;
/** A database that is silent costs its time-out with each question: after a failure nobody asks for so long. */
const ASK_AGAIN_MS = 1_000;
/** Bounds memory when somebody tries many well-formed ids. */
const MAX_ENTRIES = 10_000;

/**
 * Key records by id, read through: one query for however many requests ask for the same key. Unknown ids are
 * remembered too, so that they do not reach the database each time.
 */
export class KeyCache {
  private readonly entries = new Map<string, Entry>();
  private readonly reading = new Map<string, Promise<KeyRecord | undefined>>();
  private isDatabaseAway = false;
  private askAgainAtMs = -Infinity;

  /** @param onServedWithoutDatabase told of every record that is given only because it was known from before */
  constructor(
    private readonly source: KeySource,
    private readonly clock: Clock,
    private readonly onServedWithoutDatabase: () => void = () => undefined,
  ) {}

  /** The record without waiting, when it is fresh; `find` otherwise. */
  peek(id: string): KeyRecord | undefined {
    const entry = this.entries.get(id);
    if (!entry) return undefined;
    const ageMs = this.ageMs(entry);
    if (ageMs >= FRESH_MS) return undefined;
    if (ageMs >= REFRESH_FROM_MS) this.readInBackground(id);
    return entry.record;
  }

  /** @throws ProblemError KEY_STORE_UNAVAILABLE when the database is away and the key was not known lately. */
  async find(id: string): Promise<KeyRecord | undefined> {
    const entry = this.entries.get(id);
    if (entry && this.ageMs(entry) < FRESH_MS) return entry.record;
    if (this.clock.monotonicMs() < this.askAgainAtMs) return this.withoutDatabase(id);
    // It did not answer last time: who can do without it does not wait to see whether it does now.
    if (this.isDatabaseAway && this.isKept(entry)) {
      this.readInBackground(id);
      return this.withoutDatabase(id);
    }
    try {
      return await this.read(id);
    } catch (cause) {
      if (!unavailabilityOf(cause)) throw cause;
      return this.withoutDatabase(id, cause);
    }
  }

  /** The next request with this key asks the database. An answer that is on its way does not count any more. */
  forget(id: string): void {
    this.entries.delete(id);
    this.reading.delete(id);
  }

  private read(id: string): Promise<KeyRecord | undefined> {
    const running = this.reading.get(id);
    if (running) return running;
    const isWanted = (): boolean => this.reading.get(id) === started;
    const started = this.readOnce(id, isWanted).finally(() => {
      if (isWanted()) this.reading.delete(id);
    });
    this.reading.set(id, started);
    return started;
  }

  /** A failure shows when somebody has to wait for the answer. */
  private readInBackground(id: string): void {
    if (this.reading.has(id) || this.clock.monotonicMs() < this.askAgainAtMs) return;
    this.read(id).catch(() => undefined);
  }

  private async readOnce(id: string, isWanted: () => boolean): Promise<KeyRecord | undefined> {
    // What changes in the database from now on may not be in the answer.
    const askedAtMs = this.clock.monotonicMs();
    try {
      const record = await this.source.find(id);
      this.isDatabaseAway = false;
      if (isWanted()) this.remember(id, { record, readAtMs: askedAtMs });
      return record;
    } catch (cause) {
      if (unavailabilityOf(cause)) {
        this.isDatabaseAway = true;
        this.askAgainAtMs = this.clock.monotonicMs() + ASK_AGAIN_MS;
      }
      throw cause;
    }
  }

  private withoutDatabase(id: string, cause?: unknown): KeyRecord {
    const entry = this.entries.get(id);
    if (!this.isKept(entry))
      throw new ProblemError('KEY_STORE_UNAVAILABLE', { headers: { 'retry-after': '5' }, cause });
    this.onServedWithoutDatabase();
    return entry.record;
  }

  private isKept(entry: Entry | undefined): entry is Entry & { record: KeyRecord } {
    return entry?.record !== undefined && this.ageMs(entry) < KEPT_WITHOUT_DATABASE_MS;
  }

  private remember(id: string, entry: Entry): void {
    this.entries.delete(id);
    this.entries.set(id, entry);
    const oldest = this.entries.keys().next();
    if (this.entries.size > MAX_ENTRIES && !oldest.done) this.entries.delete(oldest.value);
  }

  private ageMs(entry: Entry): number {
    return this.clock.monotonicMs() - entry.readAtMs;
  }
}
