import { Global, Module, type DynamicModule } from '@nestjs/common';
import { PepperRing } from '@tidegate/api-keys';
import { systemClock } from '@tidegate/clock';
import { createPool } from '@tidegate/database';
import { Pool } from 'pg';
import type { ApiConfig } from '../api.config';
import { RedisConnection } from '../redis/redis-connection';
import { Authenticator } from './authenticator';
import { KeyCache } from './key-cache';
import { KeyMetrics } from './key-metrics';
import { KeyRegistry } from './key-registry';
import { KeySeeding } from './key-seeding';
import { KeyStore } from './key-store';
import { KeyStoreStartup } from './key-store-startup';
import { KeyUsage } from './key-usage';
import { RevocationChannel } from './revocation-channel';

const POOL_SIZE = 5;
/** A caller waits for this query: better a quick 503 than a hanging request. */
const STATEMENT_TIMEOUT_MS = 3_000;

/** API keys: where they are kept, how a request is checked, who may make and end them. */
@Global()
@Module({})
export class KeysModule {
  static register(config: ApiConfig): DynamicModule {
    const pool = createPool({
      connection: config.database,
      applicationName: 'tidegate-api',
      size: POOL_SIZE,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    const peppers = new PepperRing(config.pepper, config.previousPepper);
    const store = new KeyStore(pool);
    const usage = new KeyUsage(store, peppers, systemClock);
    const { authenticated, servedWithoutDatabase } = new KeyMetrics();
    const cache = new KeyCache(store, systemClock, servedWithoutDatabase);
    const observer = { authenticated, used: usage.used.bind(usage) };
    const seeding = new KeySeeding(pool, peppers);
    const { environment, project, rateClasses } = config;
    return {
      module: KeysModule,
      providers: [
        { provide: Pool, useValue: pool },
        { provide: Authenticator, useValue: new Authenticator(cache, peppers, systemClock, observer) },
        {
          provide: KeyStoreStartup,
          useValue: new KeyStoreStartup(config, pool, seeding, usage, systemClock),
        },
        {
          provide: RevocationChannel,
          useFactory: (redis: RedisConnection | undefined) =>
            new RevocationChannel(cache, redis?.client, `${project}-${environment}:keys:changed`),
          inject: [RedisConnection],
        },
        {
          provide: KeyRegistry,
          useFactory: (channel: RevocationChannel) =>
            new KeyRegistry(pool, peppers, systemClock, {
              environment,
              rateClasses,
              onChange: (id) => channel.announce(id),
            }),
          inject: [RevocationChannel],
        },
      ],
      exports: [Pool, Authenticator, KeyStoreStartup, KeyRegistry],
    };
  }
}
