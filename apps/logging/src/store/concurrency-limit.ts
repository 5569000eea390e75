import { ProblemError } from '@tidegate/schemas';

/** At most so many runs at a time, so that one kind of work cannot take every connection; the others wait in turn. */
export class ConcurrencyLimit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly maxRunning: number,
    private readonly maxWaiting: number,
    /** What there is too much of, for the caller: `Too many ${work} …`. */
    private readonly work: string,
  ) {}

  /** @throws ProblemError OVERLOADED when too many wait already */
  async run<T>(task: () => Promise<T>): Promise<T> {
    const release = await this.enter();
    try {
      return await task();
    } finally {
      release();
    }
  }

  /**
   * Waits for its turn; the one who entered calls what this returns, once, when done.
   *
   * @throws ProblemError OVERLOADED when too many wait already
   */
  async enter(): Promise<() => void> {
    if (this.running < this.maxRunning) this.running += 1;
    else if (this.waiting.length < this.maxWaiting)
      // Whoever leaves hands its place over: `running` stays as it is.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    else
      throw new ProblemError('OVERLOADED', {
        detail: `Too many ${this.work} run already; this process takes ${this.maxRunning} at a time.`,
        headers: { 'retry-after': '2' },
      });
    return () => this.leave();
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}
