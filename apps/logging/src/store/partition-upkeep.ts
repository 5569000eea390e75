import { Injectable, Logger } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { unavailabilityOf } from '@tidegate/database';
import type { Pool } from 'pg';
import { utcDayAfter } from '../ingest/event-identity';
import type { DayPartitions } from './day-partitions';
import { countDefaultRows, listDayTables, makePartition } from './partition-statements';

const DAYS_AHEAD = 3;
const LOCK_TIMEOUT_MS = 2000;

/** Makes the partitions of the coming days, and those that are missing for rows of the default partition. */
@Injectable()
export class PartitionUpkeep {
  private readonly logger = new Logger('Partitions');
  private defaultRows = 0;

  constructor(
    private readonly pool: Pool,
    private readonly partitions: DayPartitions,
    private readonly clock: Clock,
    /** Rows of earlier days are left to retention. */
    private readonly retentionDays: number,
  ) {}

  /** How many rows lay in the default partition at the last look. */
  get rowsInDefault(): number {
    return this.defaultRows;
  }

  /**
   * One round.
   *
   * @returns whether every row lies in the partition of its day and every coming day has one
   * @throws DatabaseUnavailable
   */
  async run(): Promise<boolean> {
    const attached = (await listDayTables(this.pool)).filter(({ isAttached }) => isAttached);
    const known = new Set(attached.map(({ day }) => day));
    const nowMs = this.clock.nowMs();
    const oldest = utcDayAfter(nowMs, -this.retentionDays);
    const strayed = [...(await countDefaultRows(this.pool)).keys()].filter((day) => day >= oldest);
    const coming = Array.from({ length: DAYS_AHEAD + 1 }, (_, ahead) => utcDayAfter(nowMs, ahead));
    const missing = new Set([...coming, ...strayed].filter((day) => !known.has(day)));
    for (const day of [...missing].sort()) if (await this.make(day)) known.add(day);
    this.partitions.setKnown(known);
    this.note(await countDefaultRows(this.pool));
    return [...missing].every((day) => known.has(day));
  }

  private async make(day: string): Promise<boolean> {
    try {
      await makePartition(this.pool, day, LOCK_TIMEOUT_MS);
      return true;
    } catch (error) {
      const unavailable = unavailabilityOf(error);
      if (unavailable && !/^(55P03|40)/.test(unavailable.causeCode)) throw unavailable;
      const cause = error instanceof Error ? error.message : String(error);
      this.logger.error({ day, cause }, 'the partition of this day could not be made; trying again');
      return false;
    }
  }

  private note(rowsByDay: ReadonlyMap<string, number>): void {
    const rows = [...rowsByDay.values()].reduce((sum, count) => sum + count, 0);
    if (rows > 0 && rows !== this.defaultRows)
      this.logger.error(
        { rows, days: [...rowsByDay.keys()] },
        'rows lie in the default partition: look why the partition of their day could not be made',
      );
    this.defaultRows = rows;
  }
}
