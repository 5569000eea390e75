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
import type { KeyStore } from './key-store';

const RETRY_MS = 2_000;

/**
 * Brings the key table up to date and stores the keys given by secret, as soon as the database is there: the api
 * starts without it and is not ready until then.
 */
export class KeyStoreStartup implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('Keys');
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private initialized = false;

  constructor(
    private readonly config: Pick<ApiConfig, 'database' | 'serviceKeys' | 'bootstrapKey'>,
    private readonly pool: Pool,
    private readonly store: KeyStore,
    private readonly clock: Clock,
  ) {}

  get isInitialized(): boolean {
    return this.initialized;
  }

  onApplicationBootstrap(): void {
    this.running = this.initialize();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.running;
    await this.pool.end();
  }

  private async initialize(): Promise<void> {
    while (!this.initialized && !this.stopping.signal.aborted) {
      this.initialized = await this.tryOnce();
      if (!this.initialized) await sleep(this.clock, RETRY_MS, this.stopping.signal);
    }
  }

  private async tryOnce(): Promise<boolean> {
    const { database, serviceKeys, bootstrapKey } = this.config;
    try {
      await migrate({ connection: database, applicationName: 'tidegate-api', migrations: apiMigrations });
      await this.store.seed(serviceKeys, bootstrapKey);
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
}
