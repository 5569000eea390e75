import { Logger } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { ProblemError } from '@tidegate/schemas';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../keys/key-record';
import type { LimitMetrics } from './limit-metrics';
import { Limiter, type Verdict } from './limiter';
import { FALLBACK_CLASS, UNLIMITED_CLASS, type RateClasses } from './rate-classes.config';
import type { SharedCounts } from './shared-counts';

interface LimitedClass {
  readonly name: string;
  readonly limiter: Limiter;
  /** Value of `RateLimit-Policy`. */
  readonly policy: string;
}

/** How many requests a key may send. Each class of keys has its limit, each key its own count. */
export class RateLimits {
  private readonly logger = new Logger('Limits');
  private readonly classes: ReadonlyMap<string, LimitedClass>;
  private readonly unknownClasses = new Set<string>();

  constructor(
    classes: RateClasses,
    shared: SharedCounts,
    clock: Clock,
    private readonly metrics: LimitMetrics,
  ) {
    this.classes = new Map(
      Object.entries(classes).map(([name, limit]) => [
        name,
        {
          name,
          limiter: new Limiter(name, limit, shared, clock),
          policy: `"${name}";q=${limit.requests};w=${limit.perSeconds}`,
        },
      ]),
    );
  }

  /**
   * Counts one request of the caller.
   *
   * @param reply gets the headers that tell the caller its limit
   * @throws ProblemError RATE_LIMITED
   */
  async admit({ keyId, rateClass }: Caller, reply: FastifyReply): Promise<void> {
    if (rateClass === UNLIMITED_CLASS) return;
    const limited = this.classes.get(rateClass) ?? this.fallbackFor(rateClass);
    if (limited === undefined) return;
    const verdict = await limited.limiter.consume(keyId);
    writeHeaders(reply, limited, verdict);
    if (verdict.isAllowed) return;
    this.metrics.rateLimited(limited.name);
    throw new ProblemError('RATE_LIMITED', {
      detail: `Key ${keyId} has sent more requests than its rate class "${limited.name}" allows`,
      headers: { 'retry-after': String(secondsOf(verdict)) },
    });
  }

  private fallbackFor(rateClass: string): LimitedClass | undefined {
    if (!this.unknownClasses.has(rateClass)) {
      this.unknownClasses.add(rateClass);
      this.logger.warn(
        { rateClass, usedInstead: FALLBACK_CLASS },
        'a key has a rate class that API_RATE_CLASSES does not name',
      );
    }
    return this.classes.get(FALLBACK_CLASS);
  }
}

/**
 * As draft-ietf-httpapi-ratelimit-headers-10 has them. Set on Node's own response: whoever answers, through Fastify or
 * around it, has them in the answer.
 */
function writeHeaders(reply: FastifyReply, { name, policy }: LimitedClass, verdict: Verdict): void {
  reply.raw.setHeader('ratelimit-policy', policy);
  reply.raw.setHeader('ratelimit', `"${name}";r=${verdict.remaining};t=${secondsOf(verdict)}`);
}

/** In whole seconds, at least one: after 0 seconds it would be too early. */
function secondsOf({ windowEndsInMs }: Verdict): number {
  return Math.max(Math.ceil(windowEndsInMs / 1_000), 1);
}
