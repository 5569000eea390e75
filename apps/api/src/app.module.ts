import { Module, type DynamicModule } from '@nestjs/common';
import { ApiDocsModule } from '@tidegate/api-docs';
import { MetricsCoreModule } from '@tidegate/metrics';
import { AccessModule } from './access/access.module';
import type { ApiConfig } from './api.config';
import { AuditLog } from './audit/audit-log';
import { DiscoveryModule } from './discovery/discovery.module';
import { API_DOCUMENTATION } from './docs/api-documentation';
import { Forwarder } from './gateway/forwarder';
import { Gateway } from './gateway/gateway';
import { HealthModule } from './health/health.module';
import { KeysController } from './keys/keys.controller';
import { KeysModule } from './keys/keys.module';
import { RedisModule } from './redis/redis.module';

@Module({})
export class AppModule {
  static register(config: ApiConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        MetricsCoreModule.register(),
        RedisModule.register(config),
        KeysModule.register(config),
        AccessModule.register(config),
        DiscoveryModule.register(config),
        HealthModule.register(config),
        ApiDocsModule.register(API_DOCUMENTATION),
      ],
      controllers: [KeysController],
      providers: [
        AuditLog,
        Gateway,
        { provide: Forwarder, useValue: new Forwarder(config.maxArtifactBytes) },
      ],
    };
  }
}
