import type { Clock } from '@tidegate/clock';
import type { Redis } from 'ioredis';

/** A request waits for Redis no longer than this. */
const DEADLINE_MS = 100;
/** A Redis that is silent costs the deadline each time: after a failure nobody asks for so long. */
const ASK_AGAIN_MS = 1_000;

/** The Redis in which the processes count together, as far as it answers. */
export class SharedCounts {
  private askAgainAtMs = -Infinity;

  constructor(
    /** Undefined when none is configured. */
    readonly client: Redis | undefined,
    private readonly clock: Clock,
    /** Begins the names of the counts: another installation may use the same Redis. */
    readonly prefix: string,
  ) {}

  get isAvailable(): boolean {
    return this.client?.status === 'ready' && this.clock.monotonicMs() >= this.askAgainAtMs;
  }

  /** True while there should be a Redis and each process counts alone. */
  get isFallbackActive(): boolean {
    return this.client !== undefined && !this.isAvailable;
  }

  /** What Redis says; undefined when it fails or says nothing in time. Never rejects. */
  async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    const answer = await new Promise<T | undefined>((resolve) => {
      const timer = this.clock.setTimer(() => resolve(undefined), DEADLINE_MS);
      const settle = (value: T | undefined): void => {
        timer.cancel();
        resolve(value);
      };
      question().then(settle, () => settle(undefined));
    });
    if (answer === undefined) this.askAgainAtMs = this.clock.monotonicMs() + ASK_AGAIN_MS;
    return answer;
  }
}
