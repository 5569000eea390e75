export { measureHttp } from './http-metrics';
export { MetricsCoreModule } from './metrics-core.module';
