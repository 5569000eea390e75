import { http5xx, type CloudWatchMetric } from '@tidegate/metrics';

/** What the metric lines tell CloudWatch; alarms and dashboards use these names. */
export const loggingCloudWatchMetrics: readonly CloudWatchMetric[] = [
  { name: 'EventsStored', series: 'logging_predictions_total', value: 'growth' },
  { name: 'Defects', series: 'logging_defects_total', value: 'growth' },
  { name: 'EventErrors', series: 'logging_errors_total', value: 'growth' },
  { name: 'DatabaseInitialized', series: 'logging_db_initialized', value: 'lowest', isOnlyInLog: true },
  { name: 'DefaultPartitionRows', series: 'logging_default_partition_rows', value: 'highest' },
  { name: 'SpoolReady', series: 'logging_spool_ready', value: 'lowest' },
  { name: 'SpoolRecords', series: 'logging_spool_records', value: 'highest', isOnlyInLog: true },
  { name: 'SpoolSetAside', series: 'logging_spool_set_aside_total', value: 'growth' },
  http5xx,
];
