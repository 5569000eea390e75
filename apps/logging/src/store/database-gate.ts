import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { sleep, type Clock } from '@tidegate/clock';
import { DatabaseUnavailable, unavailabilityOf } from '@tidegate/database';
import type { ProbeReport } from '@tidegate/health';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;
const TRIAL_DEADLINE_MS = 2000;

/** Somebody else's lock or the loser of a deadlock: says nothing about the database as a whole. */
const PASSING = /^(40|55P03)/;

/** Told once, why. */
export type OnShut = (cause: DatabaseUnavailable) => void;

/**
 * Whether PostgreSQL takes writes, decided once for all requests: the first failure shuts the gate, and nobody knocks
 * again until a trial of our own could write. So an outage costs a few requests some seconds, and all others nothing.
 */
@Injectable()
export class DatabaseGate implements OnModuleDestroy {
  private readonly logger = new Logger('Database');
  private readonly stopping = new AbortController();
  private cause?: DatabaseUnavailable;
  private readonly listeners = new Set<OnShut>();
  private trials: Promise<void> = Promise.resolve();
  private openings = 0;
  private lastSuccessMs = Number.NEGATIVE_INFINITY;

  constructor(
    /** Proves that the database takes writes; throws when it does not, gives up when the signal aborts. */
    private readonly tryWrite: (signal: AbortSignal) => Promise<void>,
    private readonly clock: Clock,
  ) {}

  get isOpen(): boolean {
    return this.cause === undefined;
  }

  /** Why it is shut. */
  get failure(): DatabaseUnavailable | undefined {
    return this.cause;
  }

  /** Calls `listener` when the gate shuts, unless the returned function is called before. */
  onShut(listener: OnShut): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** To be kept by work that begins now and handed to {@link failed}: an old failure says nothing about now. */
  get opening(): number {
    return this.openings;
  }

  succeeded(): void {
    this.lastSuccessMs = this.clock.monotonicMs();
  }

  /** Work that began at `opening` failed with `error`. */
  failed(error: unknown, opening: number): void {
    const unavailable = unavailabilityOf(error);
    if (unavailable === undefined || PASSING.test(unavailable.causeCode)) return;
    if (opening === this.openings) this.shut(unavailable);
  }

  /** A probe found this; it counts unless commits succeeded meanwhile. */
  probed(report: ProbeReport<unknown>): void {
    if (report.status === 'healthy' || report.failure === undefined) return;
    const { code, cause } = report.failure;
    const startedMs = this.clock.monotonicMs() - report.responseTimeMs;
    if (this.lastSuccessMs < startedMs) this.shut(new DatabaseUnavailable(code, new Error(cause)));
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.trials;
  }

  private shut(cause: DatabaseUnavailable): void {
    if (this.cause !== undefined) return;
    this.cause = cause;
    this.openings += 1;
    for (const listener of [...this.listeners]) listener(cause);
    this.logger.warn({ cause: cause.message }, 'the database takes no writes now');
    this.trials = this.tryUntilItWrites();
  }

  private async tryUntilItWrites(): Promise<void> {
    const { signal } = this.stopping;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      await sleep(this.clock, pauseMs, signal);
      if (signal.aborted) return;
      const failure = await this.trialFailure();
      if (failure === undefined) return this.open();
      this.cause = failure;
    }
  }

  private open(): void {
    this.cause = undefined;
    this.logger.log('the database takes writes again');
  }

  private async trialFailure(): Promise<DatabaseUnavailable | undefined> {
    const deadline = new AbortController();
    const late = new DatabaseUnavailable('NO_ANSWER', new Error(`no answer within ${TRIAL_DEADLINE_MS} ms`));
    let giveUp = (): void => undefined;
    const isLate = new Promise<DatabaseUnavailable>((resolve) => (giveUp = () => resolve(late)));
    const timer = this.clock.setTimer(() => {
      giveUp();
      deadline.abort(late);
    }, TRIAL_DEADLINE_MS);
    const trial = this.tryWrite(deadline.signal).then(
      () => undefined,
      (error: unknown) => unavailabilityOf(error) ?? new DatabaseUnavailable('TRIAL_FAILED', asError(error)),
    );
    try {
      return await Promise.race([trial, isLate]);
    } finally {
      timer.cancel();
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
