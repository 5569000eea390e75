import { Module, type DynamicModule } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { systemClock } from '@tidegate/clock';
import { checkDatabase } from '@tidegate/database';
import { CachedProbe, DependencyHealth, HealthCoreModule, ProbeMonitor } from '@tidegate/health';
import { Pool } from 'pg';
import type { ApiConfig } from '../api.config';
import { Upstreams } from '../discovery/discovery.module';
import { MlflowHealth } from '../mlflow-health/mlflow-health';
import { MlflowHealthController } from '../mlflow-health/mlflow-health.controller';
import { RedisConnection } from '../redis/redis-connection';
import { HealthController } from './health.controller';

const PROBES = Symbol('probes by dependency');
type Probes = Readonly<Record<'mlflow' | 'redis' | 'postgres', CachedProbe<unknown> | undefined>>;

/** Probes of everything the api depends on, run in the background and shared by every health route. */
@Module({})
export class HealthModule {
  static register(config: ApiConfig): DynamicModule {
    return {
      module: HealthModule,
      imports: [HealthCoreModule],
      controllers: [HealthController, MlflowHealthController],
      providers: [
        {
          provide: MlflowHealth,
          useFactory: ({ mlflow }: Upstreams) => new MlflowHealth(config, mlflow),
          inject: [Upstreams],
        },
        {
          provide: PROBES,
          useFactory: (mlflow: MlflowHealth, pool: Pool, redis: RedisConnection | undefined): Probes => ({
            mlflow: mlflow.checks,
            redis: redis && new CachedProbe<unknown>('redis', () => redis.check(), systemClock),
            postgres: new CachedProbe<unknown>(
              'postgres',
              (signal) => checkDatabase(pool, signal),
              systemClock,
            ),
          }),
          inject: [MlflowHealth, Pool, RedisConnection],
        },
        {
          provide: ProbeMonitor,
          useFactory: (probes: Probes) =>
            new ProbeMonitor(
              Object.values(probes).filter((probe) => probe !== undefined),
              systemClock,
            ),
          inject: [PROBES],
        },
        {
          provide: DependencyHealth,
          useFactory: (checks: HealthCheckService, indicators: HealthIndicatorService, probes: Probes) =>
            new DependencyHealth(checks, indicators, probes),
          inject: [HealthCheckService, HealthIndicatorService, PROBES],
        },
      ],
    };
  }
}
