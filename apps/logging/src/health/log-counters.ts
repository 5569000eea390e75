import { Injectable } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';

/**
 * What this process has done since its start. Duplicates are not counted. An error is a rejected event, or a request that
 * could not be served as a whole (nothing in it, too large, overloaded, database away).
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

  addErrors(count: number): void {
    this.errors += count;
  }
}
