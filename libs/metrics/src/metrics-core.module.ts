import { Module, type DynamicModule } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';

/** `GET /metrics` with the process's default metrics, on prom-client's global registry. */
@Module({})
export class MetricsCoreModule {
  static register(): DynamicModule {
    return { module: MetricsCoreModule, imports: [PrometheusModule.register({ path: '/metrics' })] };
  }
}
