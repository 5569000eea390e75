import { Global, Module, type DynamicModule } from '@nestjs/common';
import { PepperRing } from '@tidegate/api-keys';
import { systemClock } from '@tidegate/clock';
import { createPool } from '@tidegate/database';
import { Pool } from 'pg';
import type { ApiConfig } from '../api.config';
import { Authenticator } from './authenticator';
import { KeyCache } from './key-cache';
import { KeyStore } from './key-store';
import { KeyStoreStartup } from './key-store-startup';

const POOL_SIZE = 5;
/** A caller waits for this query: better a quick 503 than a hanging request. */
const STATEMENT_TIMEOUT_MS = 3_000;

/** API keys: where they are kept and how a request is checked. */
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
    const store = new KeyStore(pool, peppers);
    return {
      module: KeysModule,
      providers: [
        { provide: Pool, useValue: pool },
        {
          provide: Authenticator,
          useValue: new Authenticator(new KeyCache(store, systemClock), peppers, systemClock),
        },
        { provide: KeyStoreStartup, useValue: new KeyStoreStartup(config, pool, store, systemClock) },
      ],
      exports: [Pool, Authenticator, KeyStoreStartup],
    };
  }
}
