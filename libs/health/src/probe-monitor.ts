import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { sleep, type Clock } from '@tidegate/clock';
import type { CachedProbe } from './cached-probe';
import type { ProbeReport } from './probe';

/** Called when a dependency's health changes, and once with its first result. */
export type ProbeListener = (name: string, report: ProbeReport<unknown>) => void;

/**
 * Runs the probes in the background, so that health answers come from memory, and logs each change of state
 * with its cause (once per change, not once per check).
 */
@Injectable()
export class ProbeMonitor implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Health');
  private readonly stopping = new AbortController();
  private readonly known = new Map<string, ProbeReport<unknown>['status']>();

  constructor(
    private readonly probes: readonly CachedProbe<unknown>[],
    private readonly clock: Clock,
    private readonly intervalMs = 2000,
    private readonly onChange: ProbeListener = () => undefined,
  ) {}

  onApplicationBootstrap(): void {
    for (const probe of this.probes) void this.watch(probe);
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  private async watch(probe: CachedProbe<unknown>): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.note(probe.name, await probe.read());
      await sleep(this.clock, this.intervalMs, this.stopping.signal);
    }
  }

  private note(name: string, report: ProbeReport<unknown>): void {
    const before = this.known.get(name);
    if (before === report.status) return;
    this.known.set(name, report.status);
    this.onChange(name, report);
    const change = { dependency: name, from: before ?? 'unknown', to: report.status, ...report.failure };
    if (report.status === 'unhealthy') this.logger.warn(change, `${name} became unhealthy`);
    else this.logger.log(change, `${name} is healthy`);
  }
}
