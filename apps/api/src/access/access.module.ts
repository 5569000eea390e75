import { Global, Module, type DynamicModule } from '@nestjs/common';
import { systemClock } from '@tidegate/clock';
import type { ApiConfig } from '../api.config';
import { Authenticator } from '../keys/authenticator';
import { AuthFailures } from '../limits/auth-failures';
import { LimitMetrics } from '../limits/limit-metrics';
import { RateLimits } from '../limits/rate-limits';
import { SharedCounts } from '../limits/shared-counts';
import { RedisConnection } from '../redis/redis-connection';
import { Access } from './access';
import { ClientAddresses } from './client-addresses';

/** Who may send requests, and how many. */
@Global()
@Module({})
export class AccessModule {
  static register(config: ApiConfig): DynamicModule {
    return {
      module: AccessModule,
      providers: [
        { provide: ClientAddresses, useFactory: () => new ClientAddresses(config.trustedProxies) },
        {
          provide: Access,
          useFactory: (
            authenticator: Authenticator,
            clients: ClientAddresses,
            redis: RedisConnection | undefined,
          ) => {
            const counts = new SharedCounts(
              redis?.client,
              systemClock,
              `${config.project}-${config.environment}`,
            );
            const metrics = new LimitMetrics(() => counts.isFallbackActive);
            return new Access(
              authenticator,
              clients,
              new AuthFailures(config.authFailuresPerMinute, counts, systemClock, metrics),
              new RateLimits(config.rateClasses, counts, systemClock, metrics),
            );
          },
          inject: [Authenticator, ClientAddresses, RedisConnection],
        },
      ],
      exports: [Access, ClientAddresses],
    };
  }
}
