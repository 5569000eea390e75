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
  private askAgainAtMs = -Infinity;

  constructor(
    private readonly source: KeySource,
    private readonly clock: Clock,
  ) {}

  /** The record without waiting, when it is fresh; `find` otherwise. */
  peek(id: string): KeyRecord | undefined {
    const entry = this.entries.get(id);
    return entry && this.ageMs(entry) < FRESH_MS ? entry.record : undefined;
  }

  /** @throws ProblemError KEY_STORE_UNAVAILABLE when the database is away and the key was not known lately. */
  async find(id: string): Promise<KeyRecord | undefined> {
    const entry = this.entries.get(id);
    if (entry && this.ageMs(entry) < FRESH_MS) return entry.record;
    if (this.clock.monotonicMs() < this.askAgainAtMs) return this.withoutDatabase(id);
    const running = this.reading.get(id) ?? this.read(id).finally(() => this.reading.delete(id));
    this.reading.set(id, running);
    return running;
  }

  private async read(id: string): Promise<KeyRecord | undefined> {
    try {
      const record = await this.source.find(id);
      this.remember(id, record);
      return record;
    } catch (cause) {
      if (!unavailabilityOf(cause)) throw cause;
      this.askAgainAtMs = this.clock.monotonicMs() + ASK_AGAIN_MS;
      return this.withoutDatabase(id, cause);
    }
  }

  private withoutDatabase(id: string, cause?: unknown): KeyRecord {
    const entry = this.entries.get(id);
    if (entry?.record && this.ageMs(entry) < KEPT_WITHOUT_DATABASE_MS) return entry.record;
    throw new ProblemError('KEY_STORE_UNAVAILABLE', { headers: { 'retry-after': '5' }, cause });
  }

  private remember(id: string, record: KeyRecord | undefined): void {
    this.entries.delete(id);
    this.entries.set(id, { record, readAtMs: this.clock.monotonicMs() });
    const oldest = this.entries.keys().next();
    if (this.entries.size > MAX_ENTRIES && !oldest.done) this.entries.delete(oldest.value);
  }

  private ageMs(entry: Entry): number {
    return this.clock.monotonicMs() - entry.readAtMs;
  }
}
