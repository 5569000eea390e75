import { Logger, type Provider } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { createPool, migrate } from '@tidegate/database';
import { loggingMigrations } from '@tidegate/database-migrations';
import type { Pool } from 'pg';
import { SERVICE_NAME } from '../health/health.controller';
import { LogCounters } from '../health/log-counters';
import { GroupCommitter } from '../ingest/group-committer';
import { FeatureRecorder } from '../drift/feature-recorder';
import type { LoggingConfig } from '../logging.config';
import { Retention } from '../retention/retention';
import { RetentionRules } from '../retention/retention-rules';
import { EventSpool } from '../spool/event-spool';
import { CLOCK, POOL, RETAINING, UPKEEP_POOL, WRITE_POOL } from '../tokens';
import { BackgroundLoop } from './background-loop';
import { splitConnections } from './connection-split';
import { DatabaseGate } from './database-gate';
import { DayPartitions } from './day-partitions';
import { GuardedWriter } from './guarded-writer';
import { OrderedStop } from './ordered-stop';
import { PartitionUpkeep } from './partition-upkeep';
import { PredictionWriter } from './prediction-writer';
import { StoreKeeper } from './store-keeper';
import { tryWrite } from './write-trial';

const RETAIN_EVERY_MS = 600_000;
/** Moving a day out of the default partition, or dropping a large one, is one statement. */
const UPKEEP_TIMEOUT_MS = 600_000;
/** The server ends by itself what nobody waits for any more. */
const STATEMENT_TIMEOUT_MS = 20_000;

/** The connections, what writes through them, and what keeps the tables in shape. */
export function storeProviders(config: LoggingConfig): Provider[] {
  return [...poolProviders(config), ...writerProviders(config), ...upkeepProviders(config)];
}

function poolProviders({ database: connection, databasePoolSize }: LoggingConfig): Provider[] {
  const { reading, writing, upkeep } = splitConnections(databasePoolSize);
  const pool = (size: number, statementTimeoutMs?: number): Pool => {
    const logger = new Logger('Database');
    const onConnectionLost = (error: Error): void => logger.warn({ cause: error.message }, 'connection lost');
    return createPool({
      connection,
      applicationName: SERVICE_NAME,
      size,
      onConnectionLost,
      ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
    });
  };
  return [
    { provide: POOL, useFactory: () => pool(reading) },
    { provide: WRITE_POOL, useFactory: () => pool(writing, STATEMENT_TIMEOUT_MS) },
    { provide: UPKEEP_POOL, useFactory: () => pool(upkeep, UPKEEP_TIMEOUT_MS) },
  ];
}

function writerProviders(config: LoggingConfig): Provider[] {
  const { commits } = splitConnections(config.databasePoolSize);
  return [
    {
      provide: DatabaseGate,
      useFactory: (pool: Pool, clock: Clock) => new DatabaseGate((signal) => tryWrite(pool, signal), clock),
      inject: [WRITE_POOL, CLOCK],
    },
    {
      provide: DayPartitions,
      useFactory: (pool: Pool, clock: Clock) => new DayPartitions(pool, clock),
      inject: [WRITE_POOL, CLOCK],
    },
    {
      provide: GuardedWriter,
      useFactory: (
        pool: Pool,
        partitions: DayPartitions,
        gate: DatabaseGate,
        counters: LogCounters,
        clock: Clock,
      ) => {
        const features = config.drift ? new FeatureRecorder(config) : undefined;
        const writer = new PredictionWriter(pool, partitions, features);
        const store = writer.store.bind(writer);
        return new GuardedWriter(store, gate, clock, config.commitTimeoutMs, counters.addLate.bind(counters));
      },
      inject: [WRITE_POOL, DayPartitions, DatabaseGate, LogCounters, CLOCK],
    },
    {
      provide: GroupCommitter,
      useFactory: (writer: GuardedWriter) =>
        new GroupCommitter((events) => writer.store(events), { ...config, commits }),
      inject: [GuardedWriter],
    },
  ];
}

function upkeepProviders(config: LoggingConfig): Provider[] {
  const { database: connection, retentionDays, retentionByModel } = config;
  const runMigrations = (): Promise<string[]> =>
    migrate({ connection, applicationName: SERVICE_NAME, migrations: loggingMigrations });
  return [
    { provide: RetentionRules, useValue: new RetentionRules(retentionDays, retentionByModel) },
    {
      provide: PartitionUpkeep,
      useFactory: (pool: Pool, partitions: DayPartitions, clock: Clock) =>
        new PartitionUpkeep(pool, partitions, clock, retentionDays),
      inject: [UPKEEP_POOL, DayPartitions, CLOCK],
    },
    {
      provide: StoreKeeper,
      useFactory: (upkeep: PartitionUpkeep, clock: Clock) => new StoreKeeper(runMigrations, upkeep, clock),
      inject: [PartitionUpkeep, CLOCK],
    },
    {
      provide: RETAINING,
      useFactory: (
        pool: Pool,
        rules: RetentionRules,
        keeper: StoreKeeper,
        gate: DatabaseGate,
        clock: Clock,
      ) => {
        const work = new Retention(pool, rules, clock);
        return new BackgroundLoop(work, clock, RETAIN_EVERY_MS, () => keeper.isInitialized && gate.isOpen);
      },
      inject: [UPKEEP_POOL, RetentionRules, StoreKeeper, DatabaseGate, CLOCK],
    },
    {
      provide: OrderedStop,
      useFactory: (
        committer: GroupCommitter,
        keeper: StoreKeeper,
        spool: EventSpool,
        clock: Clock,
        ...pools: Pool[]
      ) => new OrderedStop(committer, keeper, spool, pools, clock),
      inject: [GroupCommitter, StoreKeeper, EventSpool, CLOCK, POOL, WRITE_POOL, UPKEEP_POOL],
    },
  ];
}
