import { Injectable, Logger } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { unavailabilityOf } from '@tidegate/database';
import type { Pool } from 'pg';
import { makePartition } from './partition-statements';

/** SQLSTATE: a lock could not be had in time. */
const LOCK_NOT_AVAILABLE = '55P03';
const LOCK_TIMEOUT_MS = 500;
/** Until then rows of that day go to the default partition without trying again. */
const RETRY_AFTER_MS = 30_000;

/** Sees to it that events find the partition of their day, without ever holding them up for long. */
@Injectable()
export class DayPartitions {
  private readonly logger = new Logger('Partitions');
  private known = new Set<string>();
  private readonly retryAtMs = new Map<string, number>();

  constructor(
    private readonly pool: Pool,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the partitions of these days (`YYYY-MM-DD`) where they do not exist; cheap when this process knows them. Where one
   * cannot be made (a long export holds a lock), the default partition takes the rows, and it is made later.
   *
   * @throws DatabaseUnavailable when the database itself is away
   */
  async ensure(days: readonly string[]): Promise<void> {
    const missing = [...new Set(days)].filter((day) => !this.known.has(day)).sort();
    const nowMs = this.clock.monotonicMs();
    for (const day of missing) {
      if (nowMs < (this.retryAtMs.get(day) ?? Number.NEGATIVE_INFINITY)) continue;
      if (await this.make(day)) this.known.add(day);
      // The next day would wait for the same lock.
      else return this.leaveToDefault(missing);
    }
  }

  /** What exists is this, and nothing else. */
  setKnown(days: Iterable<string>): void {
    this.known = new Set(days);
    this.retryAtMs.clear();
  }

  /** Looks every partition up again at its next use. */
  forget(): void {
    this.setKnown([]);
  }

  private async make(day: string): Promise<boolean> {
    try {
      await makePartition(this.pool, day, LOCK_TIMEOUT_MS);
      return true;
    } catch (error) {
      const unavailable = unavailabilityOf(error);
      if (unavailable && unavailable.causeCode !== LOCK_NOT_AVAILABLE) throw unavailable;
      const cause = error instanceof Error ? error.message : String(error);
      this.logger.error(
        { day, cause },
        'no partition for this day; the default partition takes its rows for now',
      );
      return false;
    }
  }

  private leaveToDefault(days: readonly string[]): void {
    const retryAtMs = this.clock.monotonicMs() + RETRY_AFTER_MS;
    for (const day of days) if (!this.known.has(day)) this.retryAtMs.set(day, retryAtMs);
  }
}
