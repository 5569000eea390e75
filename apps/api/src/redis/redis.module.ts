import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { ApiConfig } from '../api.config';
import { RedisConnection } from './redis-connection';

/** The optional Redis; the provider is undefined without `REDIS_URL`. */
@Global()
@Module({})
export class RedisModule {
  static register({ redisUrl }: ApiConfig): DynamicModule {
    const connection = redisUrl === undefined ? undefined : new RedisConnection(redisUrl);
    return {
      module: RedisModule,
      providers: [{ provide: RedisConnection, useValue: connection }],
      exports: [RedisConnection],
    };
  }
}
