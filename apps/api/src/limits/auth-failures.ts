import { crc32 } from 'node:zlib';
import type { Clock } from '@tidegate/clock';
import { partyOf } from '@tidegate/ip-networks';
import { ProblemError } from '@tidegate/schemas';
import type { LimitMetrics } from './limit-metrics';
import { Limiter } from './limiter';
import type { SharedCounts } from './shared-counts';

/**
 * Addresses share this many counts, so that memory has an end however many addresses fail. Two that meet in one count
 * only have their failures limited sooner.
 */
const COUNTS = 16_384;

/**
 * Limits how often one address may present a key that is not valid. A valid key is never refused for its address:
 * somebody who guesses must not lock out others behind the same one.
 */
export class AuthFailures {
  private readonly limiter: Limiter;

  constructor(
    perMinute: number,
    shared: SharedCounts,
    clock: Clock,
    private readonly metrics: LimitMetrics,
  ) {
    this.limiter = new Limiter('auth-failures', { requests: perMinute, perSeconds: 60 }, shared, clock);
  }

  /**
   * Counts one failure.
   *
   * @throws ProblemError AUTH_FAILURES_LIMITED when there were too many
   */
  async count(clientAddress: string): Promise<void> {
    const { isAllowed, windowEndsInMs } = await this.limiter.consume(countOf(clientAddress));
    if (isAllowed) return;
    this.metrics.authFailureLimited();
    throw new ProblemError('AUTH_FAILURES_LIMITED', {
      headers: { 'retry-after': String(Math.max(Math.ceil(windowEndsInMs / 1_000), 1)) },
    });
  }
}

function countOf(clientAddress: string): string {
  return String(crc32(partyOf(clientAddress)) % COUNTS);
}
