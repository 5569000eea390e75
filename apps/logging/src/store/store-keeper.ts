import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { sleep, type Clock } from '@tidegate/clock';
import { DatabaseUnavailable, unavailabilityOf } from '@tidegate/database';
import type { PartitionUpkeep } from './partition-upkeep';

const ROUND_MS = 60_000;
/** After a round that could not get a lock. */
const INCOMPLETE_ROUND_MS = 10_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 2000;

/**
 * Brings the database into shape in the background, as soon as it can be reached and however long that takes:
 * migrations once, then the partitions, again every minute.
 */
@Injectable()
export class StoreKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Store');
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private isMigrated = false;
  private failures = 0;
  private lastFailure?: string;

  constructor(
    private readonly migrate: () => Promise<string[]>,
    private readonly partitions: PartitionUpkeep,
    private readonly clock: Clock,
  ) {}

  /** Whether the tables exist: true from the first success on, also while the database is away later. */
  get isInitialized(): boolean {
    return this.isMigrated;
  }

  /** @throws DatabaseUnavailable before the tables exist. */
  requireInitialized(): void {
    if (!this.isMigrated) throw notInitialized();
  }

  onApplicationBootstrap(): void {
    this.loop = this.keep();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Resolves when no more statement will come from here. */
  stopped(): Promise<void> {
    return this.loop;
  }

  private async keep(): Promise<void> {
    while (!this.stopping.signal.aborted)
      await sleep(this.clock, await this.maintain(), this.stopping.signal);
  }

  /** One round; returns the time until the next. */
  private async maintain(): Promise<number> {
    try {
      if (!this.isMigrated) await this.initialize();
      const isComplete = await this.partitions.run();
      this.failures = 0;
      this.lastFailure = undefined;
      return isComplete ? ROUND_MS : INCOMPLETE_ROUND_MS;
    } catch (error) {
      this.report(error);
      this.failures += 1;
      return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.failures - 1));
    }
  }

  private async initialize(): Promise<void> {
    const migrations = await this.migrate();
    this.isMigrated = true;
    this.logger.log({ migrations }, 'the tables are ready');
  }

  /** Once per cause: the loop tries again anyway. */
  private report(error: unknown): void {
    const cause = error instanceof Error ? error.message : String(error);
    if (cause === this.lastFailure) return;
    this.lastFailure = cause;
    const text = 'the database could not be prepared; trying again';
    if (unavailabilityOf(error)) this.logger.warn({ cause }, text);
    else this.logger.error({ err: error }, text);
  }
}

/** Why nothing can be stored before the tables exist. */
export function notInitialized(): DatabaseUnavailable {
  return new DatabaseUnavailable('NOT_INITIALIZED', new Error('its tables could not be made yet'));
}
