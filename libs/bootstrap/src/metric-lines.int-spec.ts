import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { HealthCoreModule } from '@tidegate/health';
import { Counter, register } from 'prom-client';
import { startService, type RunningService } from './start-service';

@Module({ imports: [HealthCoreModule] })
class CountingModule implements OnApplicationShutdown {
  private readonly counter = new Counter({ name: 'flushed_total', help: 'h' });

  async onApplicationShutdown(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.counter.inc(3);
  }
}

describe('a service with a CloudWatch namespace', () => {
  let log: string[];

  beforeEach(() => {
    log = [];
    register.clear();
  });

  const start = (metricsEmfNamespace?: string): Promise<RunningService> =>
    startService({
      name: 'sample',
      module: { module: CountingModule },
      settings: {
        host: '127.0.0.1',
        port: 0,
        logLevel: 'info',
        readinessGraceMs: 0,
        drainTimeoutMs: 5_000,
        metricsEmfNamespace,
      },
      cloudWatch: {
        service: 'sample',
        metrics: [{ name: 'Flushed', series: 'flushed_total', value: 'growth' }],
      },
      logDestination: { write: (line: string) => void log.push(line) },
    });

  it('ends its log with a metric line that has what was counted while it stopped', async () => {
    const service = await start('Tidegate/test');
    await Promise.all([service.shutdown('SIGTERM'), service.shutdown('SIGTERM')]);

    const lines = log.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter((line) => '_aws' in line)).toHaveLength(1);
    expect(lines.at(-1)).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Namespace: 'Tidegate/test', Dimensions: [['Service']] }] },
      Service: 'sample',
      Flushed: 3,
    });
  });

  it('writes none without a namespace', async () => {
    const service = await start();
    await service.shutdown('SIGTERM');

    expect(log.join('')).toContain('stopped');
    expect(log.join('')).not.toContain('_aws');
  });
});
