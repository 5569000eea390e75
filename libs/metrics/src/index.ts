export type { CloudWatchMetric } from './cloudwatch-metric';
export { http5xx } from './http-5xx';
export { httpSeries, measureHttp } from './http-metrics';
export { type HistogramSeries, LeanHistogram, type LeanHistogramOptions } from './lean-histogram';
export { MetricLines, type MetricLinesOptions } from './metric-lines';
export { MetricsCoreModule } from './metrics-core.module';
