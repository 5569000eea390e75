import type { Provider } from '@nestjs/common';
import { makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { EventSpool, type EventSpoolFigures } from '../spool/event-spool';
import { PartitionUpkeep } from '../store/partition-upkeep';
import { DatabaseHealth } from './database-health';
import { SERVICE_NAME } from './health.controller';
import { LogCounters } from './log-counters';

const service = SERVICE_NAME;
const labelNames = ['service'];

/** The metrics read the same numbers as `/health`, when they are scraped. */
export const logMetricProviders: Provider[] = [
  makeGaugeProvider({
    name: 'logging_db_initialized',
    help: '1 while the database can be reached and its tables exist, else 0.',
    labelNames,
    inject: [DatabaseHealth],
    collect(health: DatabaseHealth) {
      this.set({ service }, health.isInitialized ? 1 : 0);
    },
  }),
  counter(
    'logging_predictions_total',
    'Events stored; duplicates are not counted.',
    (counters) => counters.predictions,
  ),
  counter('logging_defects_total', 'Events stored that are a defect.', (counters) => counters.defects),
  counter(
    'logging_errors_total',
    'Events rejected, and requests that could not be served as a whole.',
    (counters) => counters.errors,
  ),
  spoolGauge(
    'logging_spool_ready',
    '1 while the folder of the spool can be used, or none is set; 0: what waits there is not known.',
    ({ isReady }) => (isReady ? 1 : 0),
  ),
  spoolGauge('logging_spool_records', 'Events that wait in the spool.', ({ records }) => records),
  spoolGauge('logging_spool_bytes', 'Bytes that wait in the spool.', ({ bytes }) => bytes),
  spoolGauge(
    'logging_spool_oldest_age_seconds',
    'Age of the oldest event that waits in the spool; 0 while there is none.',
    ({ oldestAgeMs }) => oldestAgeMs / 1000,
  ),
  makeCounterProvider({
    name: 'logging_spool_set_aside_total',
    help: 'Records of the spool that will never be stored and were set aside, with their reason, in its folder.',
    labelNames,
    inject: [EventSpool],
    collect(spool: EventSpool) {
      this.reset();
      this.inc({ service }, spool.figures().setAside);
    },
  }),
  makeGaugeProvider({
    name: 'logging_default_partition_rows',
    help: 'Rows whose partition could not be made yet; more than 0 for longer than minutes needs a person.',
    labelNames,
    inject: [PartitionUpkeep],
    collect(upkeep: PartitionUpkeep) {
      this.set({ service }, upkeep.rowsInDefault);
    },
  }),
];

function spoolGauge(name: string, help: string, valueOf: (figures: EventSpoolFigures) => number): Provider {
  return makeGaugeProvider({
    name,
    help,
    labelNames,
    inject: [EventSpool],
    collect(spool: EventSpool) {
      this.set({ service }, valueOf(spool.figures()));
    },
  });
}

function counter(name: string, help: string, valueOf: (counters: LogCounters) => number): Provider {
  return makeCounterProvider({
    name,
    help,
    labelNames,
    inject: [LogCounters],
    collect(counters: LogCounters) {
      this.reset();
      this.inc({ service }, valueOf(counters));
    },
  });
}
