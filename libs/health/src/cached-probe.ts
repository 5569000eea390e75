import type { Clock } from '@tidegate/clock';
import type { Probe, ProbeReport, ProbeResult } from './probe';

export interface CachedProbeOptions {
  /** After this the check counts as failed with `PROBE_TIMEOUT`. @default 2000 */
  readonly deadlineMs?: number;
  /** A result younger than this is shared by every reader. @default 1000 */
  readonly freshMs?: number;
}

/**
 * One dependency's health, shared: however many ask, the dependency sees at most one check at a time
 * and at most one per `freshMs`, and nobody waits longer than `deadlineMs`.
 */
export class CachedProbe<T = undefined> {
  private latest?: ProbeReport<T>;
  private latestAtMonotonicMs = 0;
  private running?: Promise<ProbeReport<T>>;
  private lastSuccessAtMs?: number;
  private readonly deadlineMs: number;
  private readonly freshMs: number;

  constructor(
    readonly name: string,
    private readonly probe: Probe<T>,
    private readonly clock: Clock,
    options: CachedProbeOptions = {},
  ) {
    this.deadlineMs = options.deadlineMs ?? 2000;
    this.freshMs = options.freshMs ?? 1000;
  }

  /** The last result whatever its age, without touching the dependency. */
  peek(): ProbeReport<T> | undefined {
    return this.latest;
  }

  /** A result not older than `freshMs`: the cached one, or that of the check under way or a new one. */
  read(): Promise<ProbeReport<T>> {
    const ageMs = this.clock.monotonicMs() - this.latestAtMonotonicMs;
    if (this.latest && ageMs < this.freshMs) return Promise.resolve(this.latest);
    this.running ??= this.check().finally(() => (this.running = undefined));
    return this.running;
  }

  private async check(): Promise<ProbeReport<T>> {
    const startedAtMs = this.clock.monotonicMs();
    const result = await this.withDeadline();
    const checkedAtMs = this.clock.nowMs();
    if (result.status === 'healthy') this.lastSuccessAtMs = checkedAtMs;
    this.latestAtMonotonicMs = this.clock.monotonicMs();
    this.latest = {
      ...result,
      checkedAtMs,
      responseTimeMs: Math.round((this.latestAtMonotonicMs - startedAtMs) * 10) / 10,
      lastSuccessAtMs: this.lastSuccessAtMs,
    };
    return this.latest;
  }

  private withDeadline(): Promise<ProbeResult<T>> {
    const abort = new AbortController();
    return new Promise((resolve) => {
      const timer = this.clock.setTimer(() => {
        resolve(failed('PROBE_TIMEOUT', `${this.name} did not answer within ${this.deadlineMs} ms`));
        abort.abort();
      }, this.deadlineMs);
      const settle = (result: ProbeResult<T>): void => {
        timer.cancel();
        resolve(result);
      };
      this.probe(abort.signal).then(settle, (error: unknown) =>
        settle(failed(codeOf(error), error instanceof Error ? error.message : String(error))),
      );
    });
  }
}

function failed(code: string, cause: string): ProbeResult<never> {
  return { status: 'unhealthy', failure: { code, cause } };
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'PROBE_FAILED';
}
