import { Logger, Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { ServiceDefinition } from '@tidegate/bootstrap';
import { systemClock, type Clock } from '@tidegate/clock';
import { checkDatabase, createPool, migrate } from '@tidegate/database';
import { loggingMigrations } from '@tidegate/database-migrations';
import { CachedProbe, HealthCoreModule, ProbeMonitor } from '@tidegate/health';
import { MetricsCoreModule } from '@tidegate/metrics';
import type { Pool } from 'pg';
import { loggingCloudWatchMetrics } from './cloudwatch-metrics';
import { DatabaseHealth } from './health/database-health';
import { HealthController, SERVICE_NAME } from './health/health.controller';
import { LogCounters } from './health/log-counters';
import { logMetricProviders } from './health/log-metrics';
import { DefectRules } from './ingest/defect-rules';
import { GroupCommitter } from './ingest/group-committer';
import { IngestService } from './ingest/ingest.service';
import { acceptRawBodies, LogController } from './ingest/log.controller';
import type { LoggingConfig } from './logging.config';
import { PredictionReader } from './queries/prediction-reader';
import { PredictionsController } from './queries/predictions.controller';
import { StatsReader } from './queries/stats-reader';
import { StatsController } from './queries/stats.controller';
import { DayPartitions } from './store/day-partitions';
import { OrderedStop } from './store/ordered-stop';
import { PredictionWriter } from './store/prediction-writer';
import { StoreKeeper } from './store/store-keeper';
import { CLOCK, DATABASE_PROBE, POOL } from './tokens';

@Module({})
export class AppModule {
  static register(config: LoggingConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [HealthCoreModule, MetricsCoreModule.register()],
      controllers: [LogController, PredictionsController, StatsController, HealthController],
      providers: [
        { provide: CLOCK, useValue: systemClock },
        ...storeProviders(config),
        ...ingestProviders(config),
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
    configure: (_fastify, app) => acceptRawBodies(app, config.maxBodyBytes),
  };
}

function storeProviders({ database: connection, databasePoolSize: size }: LoggingConfig): Provider[] {
  const applicationName = SERVICE_NAME;
  const runMigrations = (): Promise<string[]> =>
    migrate({ connection, applicationName, migrations: loggingMigrations });
  return [
    {
      provide: POOL,
      useFactory: () => {
        const logger = new Logger('Database');
        const onConnectionLost = (error: Error): void =>
          logger.warn({ cause: error.message }, 'connection lost');
        return createPool({ connection, applicationName, size, onConnectionLost });
      },
    },
    { provide: DayPartitions, useFactory: (pool: Pool) => new DayPartitions(pool), inject: [POOL] },
    {
      provide: StoreKeeper,
      useFactory: (partitions: DayPartitions, clock: Clock) =>
        new StoreKeeper(runMigrations, partitions, clock),
      inject: [DayPartitions, CLOCK],
    },
    {
      provide: OrderedStop,
      useFactory: (committer: GroupCommitter, keeper: StoreKeeper, pool: Pool) =>
        new OrderedStop(committer, keeper, pool),
      inject: [GroupCommitter, StoreKeeper, POOL],
    },
    { provide: PredictionReader, useFactory: (pool: Pool) => new PredictionReader(pool), inject: [POOL] },
    { provide: StatsReader, useFactory: (pool: Pool) => new StatsReader(pool), inject: [POOL] },
  ];
}

function ingestProviders(config: LoggingConfig): Provider[] {
  return [
    {
      provide: GroupCommitter,
      useFactory: (pool: Pool, partitions: DayPartitions) => {
        const writer = new PredictionWriter(pool, partitions);
        return new GroupCommitter((events) => writer.store(events), config);
      },
      inject: [POOL, DayPartitions],
    },
    { provide: LogCounters, useFactory: (clock: Clock) => new LogCounters(clock), inject: [CLOCK] },
    {
      provide: IngestService,
      useFactory: (committer: GroupCommitter, keeper: StoreKeeper, counters: LogCounters, clock: Clock) =>
        new IngestService(committer, keeper, new DefectRules(config.defectRules), counters, clock, config),
      inject: [GroupCommitter, StoreKeeper, LogCounters, CLOCK],
    },
  ];
}

function healthProviders(): Provider[] {
  return [
    {
      provide: DATABASE_PROBE,
      useFactory: (pool: Pool, clock: Clock) =>
        new CachedProbe('postgres', (signal) => checkDatabase(pool, signal), clock),
      inject: [POOL, CLOCK],
    },
    {
      provide: ProbeMonitor,
      useFactory: (probe: CachedProbe, clock: Clock) => new ProbeMonitor([probe], clock),
      inject: [DATABASE_PROBE, CLOCK],
    },
    {
      provide: DatabaseHealth,
      useFactory: (keeper: StoreKeeper, probe: CachedProbe) => new DatabaseHealth(keeper, probe),
      inject: [StoreKeeper, DATABASE_PROBE],
    },
    ...logMetricProviders,
  ];
}
