import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorFunction,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import type { CachedProbe } from './cached-probe';
import type { ProbeReport } from './probe';

/** `disabled`: optional and not configured. `unknown`: not checked yet, in the first moments of the process. */
export type DependencyStatus = ProbeReport<unknown>['status'] | 'disabled' | 'unknown';

export interface DependencyHealthReport {
  /** `degraded` when any dependency is ill: the service itself still answers, so it is not a reason to replace it. */
  readonly status: 'healthy' | 'degraded';
  readonly services: Readonly<Record<string, DependencyStatus>>;
  readonly details: Readonly<Record<string, ProbeReport<unknown>>>;
}

/**
 * Health of all dependencies of a service, from the probes' results in memory. Terminus runs the indicators;
 * the overall status adds the `degraded` that Terminus does not know.
 */
@Injectable()
export class DependencyHealth {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly probes: Readonly<Record<string, CachedProbe<unknown> | undefined>>,
  ) {}

  async report(): Promise<DependencyHealthReport> {
    const result = await this.runChecks();
    const services: Record<string, DependencyStatus> = {};
    const details: Record<string, ProbeReport<unknown>> = {};
    for (const [name, probe] of Object.entries(this.probes)) {
      const report = probe?.peek();
      services[name] = probe ? (report?.status ?? 'unknown') : 'disabled';
      if (report) details[name] = report;
    }
    return { status: result.status === 'ok' ? 'healthy' : 'degraded', services, details };
  }

  /** Terminus reports a failed check by throwing its result; here a failure is a result too. */
  private async runChecks(): Promise<HealthCheckResult> {
    try {
      return await this.checks.check(this.indicatorFunctions());
    } catch (error) {
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }

  private indicatorFunctions(): HealthIndicatorFunction[] {
    return Object.entries(this.probes).flatMap(([name, probe]) =>
      probe ? [(): HealthIndicatorResult => this.indicate(name, probe.peek())] : [],
    );
  }

  private indicate(name: string, report: ProbeReport<unknown> | undefined): HealthIndicatorResult {
    const indicator = this.indicators.check(name);
    return report?.status === 'healthy'
      ? indicator.up()
      : indicator.down(report?.failure?.code ?? 'NOT_CHECKED_YET');
  }
}
