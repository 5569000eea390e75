import { Injectable } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import type { StorableEvent, StoreOutcome } from '../store/storable-event';

/**
 * What this process has done since its start. Duplicates are not counted, spooled events only once they are stored. An error
 * is a rejected event, or a request that could not be served as a whole (nothing in it, too large, of another media type,
 * overloaded, neither database nor spool).
 *
 * When the connection breaks during a commit, the rows may be in the database and are then missing here, since the
 * repeated request finds duplicates; the roll-ups behind `/stats` are always exact.
 */
@Injectable()
export class LogCounters {
  predictions = 0;
  defects = 0;
  errors = 0;
  lastPredictionAtMs?: number;

  constructor(private readonly clock: Clock) {}

  addStored(events: readonly { readonly isDefect: boolean }[]): void {
    this.predictions += events.length;
    this.defects += events.filter((event) => event.isDefect).length;
    this.lastPredictionAtMs = this.clock.nowMs();
  }

  /** Of a commit that nobody waited for any more. */
  addLate(events: readonly StorableEvent[], outcomes: readonly StoreOutcome[]): void {
    const stored = events.filter((_, index) => outcomes[index]?.status === 'stored');
    if (stored.length > 0) this.addStored(stored);
  }

  addErrors(count: number): void {
    this.errors += count;
  }
}
