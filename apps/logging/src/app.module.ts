import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { ApiDocsModule } from '@tidegate/api-docs';
import type { ServiceDefinition } from '@tidegate/bootstrap';
import { systemClock, type Clock } from '@tidegate/clock';
import { checkDatabase } from '@tidegate/database';
import { CachedProbe, HealthCoreModule, ProbeMonitor } from '@tidegate/health';
import { MetricsCoreModule } from '@tidegate/metrics';
import type { Pool } from 'pg';
import { loggingCloudWatchMetrics } from './cloudwatch-metrics';
import { SubjectsController } from './deletion/subjects.controller';
import { LOGGING_DOCUMENTATION } from './docs/logging-documentation';
import { DriftController } from './drift/drift.controller';
import { FeedbackController } from './feedback/feedback.controller';
import { DatabaseHealth } from './health/database-health';
import { HealthController, SERVICE_NAME } from './health/health.controller';
import { LogCounters } from './health/log-counters';
import { logMetricProviders } from './health/log-metrics';
import { ingestProviders } from './ingest/ingest.providers';
import { acceptRawBodies, LogController } from './ingest/log.controller';
import { countRefusedBodies } from './ingest/refused-bodies';
import { knowledgeProviders } from './knowledge.providers';
import type { LoggingConfig } from './logging.config';
import { PredictionsController } from './queries/predictions.controller';
import { StatsController } from './queries/stats.controller';
import { DatabaseGate } from './store/database-gate';
import { StoreKeeper } from './store/store-keeper';
import { storeProviders } from './store/store.providers';
import { CLOCK, DATABASE_PROBE, WRITE_POOL } from './tokens';

@Module({})
export class AppModule {
  static register(config: LoggingConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HealthCoreModule,
        MetricsCoreModule.register(),
        ApiDocsModule.register(LOGGING_DOCUMENTATION),
      ],
      controllers: [
        ...[LogController, FeedbackController, PredictionsController, SubjectsController],
        ...[StatsController, DriftController, HealthController],
      ],
      providers: [
        { provide: CLOCK, useValue: systemClock },
        ...storeProviders(config),
        ...ingestProviders(config),
        ...knowledgeProviders(config, SERVICE_NAME),
        ...healthProviders(),
      ],
    };
  }
}

/** What `startService` needs to run the prediction log. */
export function loggingService(config: LoggingConfig): ServiceDefinition {
  return {
    name: SERVICE_NAME,
    module: AppModule.register(config),
    settings: config,
    cloudWatch: { service: 'logging', metrics: loggingCloudWatchMetrics },
    configure: (fastify, app) => {
      acceptRawBodies(app, config);
      countRefusedBodies(fastify, app.get(LogCounters));
    },
  };
}

function healthProviders(): Provider[] {
  return [
    {
      provide: DATABASE_PROBE,
      useFactory: (pool: Pool, clock: Clock) =>
        new CachedProbe('postgres', (signal) => checkDatabase(pool, signal), clock),
      inject: [WRITE_POOL, CLOCK],
    },
    {
      provide: ProbeMonitor,
      useFactory: (probe: CachedProbe, gate: DatabaseGate, clock: Clock) =>
        new ProbeMonitor([probe], clock, undefined, (_name, report) => gate.probed(report)),
      inject: [DATABASE_PROBE, DatabaseGate, CLOCK],
    },
    {
      provide: DatabaseHealth,
      useFactory: (keeper: StoreKeeper, probe: CachedProbe, gate: DatabaseGate) =>
        new DatabaseHealth(keeper, probe, gate),
      inject: [StoreKeeper, DATABASE_PROBE, DatabaseGate],
    },
    ...logMetricProviders,
  ];
}
