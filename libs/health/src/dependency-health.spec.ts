import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { FakeClock } from '@tidegate/testing';
import { CachedProbe } from './cached-probe';
import { DependencyHealth } from './dependency-health';
import { HealthCoreModule } from './health-core.module';
import type { ProbeResult } from './probe';
import { ProbeMonitor } from './probe-monitor';

async function healthOf(probes: Record<string, CachedProbe | undefined>): Promise<DependencyHealth> {
  const module = await Test.createTestingModule({ imports: [HealthCoreModule] }).compile();
  return new DependencyHealth(module.get(HealthCheckService), module.get(HealthIndicatorService), probes);
}

const refused: ProbeResult = { status: 'unhealthy', failure: { code: 'ECONNREFUSED', cause: 'no listener' } };

describe('DependencyHealth', () => {
  it('is healthy when everything configured was found so, and shows what is not configured as disabled', async () => {
    const mlflow = new CachedProbe('mlflow', () => Promise.resolve({ status: 'healthy' }), new FakeClock());
    const health = await healthOf({ mlflow, redis: undefined });
    expect(await health.report()).toMatchObject({ status: 'degraded', services: { mlflow: 'unknown' } });
    await mlflow.read();
    expect(await health.report()).toMatchObject({
      status: 'healthy',
      services: { mlflow: 'healthy', redis: 'disabled' },
    });
  });

  it('is degraded when one dependency is ill, and says why', async () => {
    const clock = new FakeClock();
    const probes = {
      mlflow: new CachedProbe('mlflow', () => Promise.resolve(refused), clock),
      postgres: new CachedProbe('postgres', () => Promise.resolve({ status: 'healthy' }), clock),
    };
    await Promise.all(Object.values(probes).map((probe) => probe.read()));
    const health = await healthOf(probes);
    const report = await health.report();
    expect(report).toMatchObject({
      status: 'degraded',
      services: { mlflow: 'unhealthy', postgres: 'healthy' },
    });
    expect(report.details['mlflow']).toMatchObject({ failure: { code: 'ECONNREFUSED' } });
  });
});

describe('ProbeMonitor', () => {
  it('reports each change of state once, with its cause', async () => {
    Logger.overrideLogger(false);
    const clock = new FakeClock();
    let result: ProbeResult = { status: 'healthy' };
    const changes: string[] = [];
    const probe = new CachedProbe('mlflow', () => Promise.resolve(result), clock, { freshMs: 100 });
    const monitor = new ProbeMonitor([probe], clock, 1000, (name, report) =>
      changes.push(`${name} ${report.status} ${report.failure?.code ?? ''}`.trim()),
    );
    monitor.onApplicationBootstrap();
    await clock.advance(3000);
    result = refused;
    await clock.advance(3000);
    result = { status: 'healthy' };
    await clock.advance(3000);
    monitor.onModuleDestroy();
    expect(changes).toEqual(['mlflow healthy', 'mlflow unhealthy ECONNREFUSED', 'mlflow healthy']);
  });
});
