import {
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { sleep, type Clock } from '@tidegate/clock';
import { migrate, unavailabilityOf } from '@tidegate/database';
import { apiMigrations } from '@tidegate/database-migrations';
import type { Pool } from 'pg';
import type { ApiConfig } from '../api.config';
import { GRACE_HOURS, type KeySeeding, type SeedChanges } from './key-seeding';
import type { KeyUsage } from './key-usage';

const RETRY_MS = 2_000;
/**
 * While a deployment goes on, a process of before that starts again takes the new keys for old ones; those who run on
 * put that right long before the keys end.
 */
const SEED_AGAIN_MS = 3_600_000;

/**
 * Brings the key table up to date and stores the keys given by secret, as soon as the database is there: the api
 * starts without it and is not ready until then. Ends the work with the table when the api stops.
 */
export class KeyStoreStartup implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('Keys');
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private initialized = false;

  constructor(
    private readonly config: Pick<ApiConfig, 'database' | 'serviceKeys' | 'bootstrapKey'>,
    private readonly pool: Pool,
    private readonly seeding: KeySeeding,
    private readonly usage: KeyUsage,
    private readonly clock: Clock,
  ) {}

  get isInitialized(): boolean {
    return this.initialized;
  }

  onApplicationBootstrap(): void {
    this.running = this.keepUpToDate();
    this.usage.start();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.running;
    await this.usage.stop();
    await this.pool.end();
  }

  private async keepUpToDate(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const isUpToDate = await this.tryOnce();
      this.initialized ||= isUpToDate;
      await sleep(this.clock, isUpToDate ? SEED_AGAIN_MS : RETRY_MS, this.stopping.signal);
    }
  }

  private async tryOnce(): Promise<boolean> {
    const { database, serviceKeys, bootstrapKey } = this.config;
    try {
      if (!this.initialized)
        await migrate({ connection: database, applicationName: 'tidegate-api', migrations: apiMigrations });
      this.report(await this.seeding.seed(serviceKeys, bootstrapKey));
      if (!this.initialized)
        this.logger.log({ serviceKeys: serviceKeys.length }, 'the key table is up to date');
      return true;
    } catch (error) {
      const unavailable = unavailabilityOf(error);
      if (unavailable)
        this.logger.warn(
          { code: unavailable.causeCode, retryMs: RETRY_MS },
          'the database of keys is away: trying again',
        );
      else
        this.logger.error(
          { err: error, retryMs: RETRY_MS },
          'the key table could not be prepared: trying again',
        );
      return false;
    }
  }

  private report({ ending, kept }: SeedChanges): void {
    if (ending.length > 0)
      this.logger.warn(
        { keyIds: ending, hours: GRACE_HOURS },
        'keys of services that are no longer given by secret end after these hours; revoke them to end them now',
      );
    if (kept.length > 0)
      this.logger.log({ keyIds: kept }, 'keys of services are given by secret again and no longer end');
  }
}
