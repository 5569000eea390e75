import type { Clock } from '@tidegate/clock';

/** In a row, without a connection in between: one that was refused while a server restarts says nothing yet. */
const FAILURES_TO_OPEN = 5;
/** Between this and twice this, so that many processes do not try at the same moment. */
const OPEN_MS = 500;

/**
 * Keeps requests from an address that takes no connections. Only failed connections count, since a server that answers,
 * whatever it says, is there. After half a second to a second one request may try (the probe); it closes the breaker or
 * starts the time anew. So a server that was restarted is used again within a second.
 */
export class CircuitBreaker {
  private failures = 0;
  private isProbing = false;
  /** When the next probe may go; undefined while closed. */
  private probeAtMs: number | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  get isOpen(): boolean {
    return this.probeAtMs !== undefined;
  }

  /** Whether a request may be sent now. Changes nothing. */
  allows(): boolean {
    if (this.probeAtMs === undefined) return true;
    return !this.isProbing && this.clock.monotonicMs() >= this.probeAtMs;
  }

  /** A request is being sent; while open it is the probe. */
  begin(): void {
    if (this.probeAtMs !== undefined) this.isProbing = true;
  }

  connected(): void {
    this.failures = 0;
    this.isProbing = false;
    this.probeAtMs = undefined;
  }

  /** The request ended before it needed a connection, and says nothing. */
  abandoned(): void {
    this.isProbing = false;
  }

  failed(): void {
    this.failures += 1;
    if (this.failures < FAILURES_TO_OPEN) return;
    this.isProbing = false;
    this.probeAtMs = this.clock.monotonicMs() + OPEN_MS * (1 + this.random());
  }
}
