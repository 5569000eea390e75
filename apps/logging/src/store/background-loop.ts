import {
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { sleep, type Clock } from '@tidegate/clock';
import { unavailabilityOf } from '@tidegate/database';

export interface BackgroundWork {
  /** As it appears in logs. */
  readonly name: string;
  /** Does some of the work; true when there is more to do right now. May throw: it is tried again. */
  run(): Promise<boolean>;
}

const LONGEST_PAUSE_MS = 60_000;

/** Runs work again and again: at once while there is more, else after a pause that grows while it fails. */
export class BackgroundLoop implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('Background');
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private failures = 0;
  private lastFailure?: string;

  constructor(
    private readonly work: BackgroundWork,
    private readonly clock: Clock,
    private readonly pauseMs: number,
    /** While false nothing is run. */
    private readonly isReady: () => boolean = () => true,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.keepRunning();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Resolves when the piece of work at hand is done. */
  async onApplicationShutdown(): Promise<void> {
    await this.loop;
  }

  private async keepRunning(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) await sleep(this.clock, await this.runOnce(), signal);
  }

  /** Returns the pause until the next run. */
  private async runOnce(): Promise<number> {
    if (!this.isReady()) return this.pauseMs;
    try {
      const hasMore = await this.work.run();
      this.failures = 0;
      this.lastFailure = undefined;
      return hasMore ? 0 : this.pauseMs;
    } catch (error) {
      this.report(error);
      this.failures += 1;
      return Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2 ** this.failures);
    }
  }

  /** Once per cause. */
  private report(error: unknown): void {
    const cause = error instanceof Error ? error.message : String(error);
    if (cause === this.lastFailure) return;
    this.lastFailure = cause;
    const line = { work: this.work.name, ...(unavailabilityOf(error) ? { cause } : { err: error }) };
    this.logger.warn(line, 'background work failed; trying again');
  }
}
