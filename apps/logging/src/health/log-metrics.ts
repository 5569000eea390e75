import type { Provider } from '@nestjs/common';
import { makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
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
];

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
