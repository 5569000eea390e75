export type { CloudWatchMetric } from './cloudwatch-metric';
export { http5xx } from './http-5xx';
export { measureHttp } from './http-metrics';
export { MetricLines, type MetricLinesOptions } from './metric-lines';
export { MetricsCoreModule } from './metrics-core.module';
