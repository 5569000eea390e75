import { Logger } from '@nestjs/common';
import type { KeyHash, PepperRing } from '@tidegate/api-keys';
import type { Clock, Timer } from '@tidegate/clock';
import type { KeyRecord } from './key-record';

/** That a key was used, for the database. */
export interface KeyUse {
  readonly id: string;
  readonly usedAtMs: number;
  /** The hash by the current pepper, when the stored one is of the pepper before. */
  readonly rehash: (KeyHash & { readonly oldPepperId: string }) | undefined;
}

/** Where uses are written to. */
export interface UseSink {
  recordUses(uses: readonly KeyUse[]): Promise<void>;
}

const WRITE_EVERY_MS = 30_000;
/** Processes of before, which know only the pepper before, are gone by then; a deployment takes minutes. */
const REHASH_AFTER_MS = 3_600_000;

/**
 * Remembers which keys were used and writes it down in batches, away from the requests. A batch that fails is written
 * with the next one: at worst a time of last use is lost.
 */
export class KeyUsage {
  private readonly logger = new Logger('Keys');
  private waiting = new Map<string, KeyUse & { usedAtMs: number }>();
  private timer: Timer | undefined;
  private writing: Promise<void> = Promise.resolve();
  private isFailing = false;
  private readonly startedAtMs: number;

  constructor(
    private readonly sink: UseSink,
    private readonly peppers: PepperRing,
    private readonly clock: Clock,
  ) {
    this.startedAtMs = clock.monotonicMs();
  }

  start(): void {
    this.timer = this.clock.setTimer(() => {
      void this.write();
      this.start();
    }, WRITE_EVERY_MS);
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    this.timer?.cancel();
    await this.write();
  }

  /** To be called for a key whose text was found right. */
  used(text: string, record: KeyRecord): void {
    const usedAtMs = this.clock.nowMs();
    const known = this.waiting.get(record.id);
    if (known) known.usedAtMs = usedAtMs;
    else this.waiting.set(record.id, { id: record.id, usedAtMs, rehash: this.rehashOf(text, record) });
  }

  private rehashOf(text: string, record: KeyRecord): KeyUse['rehash'] {
    if (this.peppers.isCurrent(record)) return undefined;
    if (this.clock.monotonicMs() - this.startedAtMs < REHASH_AFTER_MS) return undefined;
    return { ...this.peppers.hash(text), oldPepperId: record.pepperId };
  }

  private write(): Promise<void> {
    this.writing = this.writing.then(() => this.writeWaiting());
    return this.writing;
  }

  private async writeWaiting(): Promise<void> {
    const batch = this.waiting;
    if (batch.size === 0) return;
    this.waiting = new Map();
    try {
      await this.sink.recordUses([...batch.values()]);
      this.isFailing = false;
    } catch (error) {
      for (const [id, use] of batch) if (!this.waiting.has(id)) this.waiting.set(id, use);
      if (!this.isFailing)
        this.logger.warn({ err: error, keys: batch.size }, 'the last use of keys could not be written down');
      this.isFailing = true;
    }
  }
}
