import { Module, type DynamicModule } from '@nestjs/common';
import { MetricsCoreModule } from '@tidegate/metrics';
import type { ApiConfig } from './api.config';
import { DiscoveryModule } from './discovery/discovery.module';
import { Gateway } from './gateway/gateway';
import { HealthModule } from './health/health.module';
import { KeysModule } from './keys/keys.module';

@Module({})
export class AppModule {
  static register(config: ApiConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        MetricsCoreModule.register(),
        KeysModule.register(config),
        DiscoveryModule.register(config),
        HealthModule.register(config),
      ],
      providers: [Gateway],
    };
  }
}
