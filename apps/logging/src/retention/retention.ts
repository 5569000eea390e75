import { Logger } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { unavailabilityOf } from '@tidegate/database';
import type { Pool } from 'pg';
import { utcDayAfter } from '../ingest/event-identity';
import type { BackgroundWork } from '../store/background-loop';
import { listDayTables, type DayTable } from '../store/partition-statements';
import { deleteOldLeftovers, deleteOldOfModel, dropDayTable, mayHaveMore } from './retention-statements';
import type { RetentionRules } from './retention-rules';

/** Writers wait as long behind it, at most, when a long read is under way. */
const LOCK_TIMEOUT_MS = 200;
/** A day more than what is accepted: events on their way, and clocks of other processes. */
const SPARE_DAYS = 1;
const LOCK_NOT_AVAILABLE = '55P03';

/** Removes what is older than the rules allow: whole days at once, and rows of single models in small steps. */
export class Retention implements BackgroundWork {
  readonly name = 'retention';
  private readonly logger = new Logger('Retention');
  private readonly doneBefore = new Map<string, string>();

  constructor(
    private readonly pool: Pool,
    private readonly rules: RetentionRules,
    private readonly clock: Clock,
  ) {}

  /** @returns whether there is more to do right now. @throws DatabaseUnavailable */
  async run(): Promise<boolean> {
    const before = utcDayAfter(this.clock.nowMs(), -this.rules.days - SPARE_DAYS);
    const [oldest] = (await listDayTables(this.pool)).filter(({ day }) => day < before);
    if (oldest) return this.drop(oldest);
    if (await this.deleteOfModels()) return true;
    return deleteOldLeftovers(this.pool, before);
  }

  /** @returns false when somebody reads the table for long: then it comes again later. */
  private async drop(table: DayTable): Promise<boolean> {
    try {
      await dropDayTable(this.pool, table, LOCK_TIMEOUT_MS);
      this.logger.log({ day: table.day }, 'predictions of this day are past their retention: dropped');
      return true;
    } catch (error) {
      if (unavailabilityOf(error)?.causeCode !== LOCK_NOT_AVAILABLE) throw error;
      this.logger.warn({ day: table.day }, 'a partition is in use, an export perhaps; it is dropped later');
      return false;
    }
  }

  private async deleteOfModels(): Promise<boolean> {
    for (const { model, days } of this.rules.shorter) {
      const before = utcDayAfter(this.clock.nowMs(), -days);
      if (this.doneBefore.get(model) === before) continue;
      const deleted = await deleteOldOfModel(this.pool, model, before);
      if (mayHaveMore(deleted)) return true;
      // Nothing as old is accepted any more; a day later there is more to delete.
      this.doneBefore.set(model, before);
    }
    return false;
  }
}
