import type { Clock } from '@tidegate/clock';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit } from './rate-classes.config';
import type { SharedCounts } from './shared-counts';

/** What a limit says to one request. */
export interface Verdict {
  readonly isAllowed: boolean;
  /** How many more are allowed before the window ends. */
  readonly remaining: number;
  readonly windowEndsInMs: number;
}

/** Redis is asked for each request when fewer are left than this share of the limit, or than this many. */
const ASKED_SHARE = 0.1;
const ASKED_REMAINING = 100;
/** Of requests that were let in without asking it, Redis is told so much later … */
const TELL_AFTER_MS = 20;
/** … or when they are this share of those it is asked for: then ten busy processes together stay within the limit. */
const TOLD_SHARE = 0.1;

/**
 * Counts requests by key. The count in this process decides while it is far from the limit, and Redis is told behind
 * the request's back, once for many; its answer brings what the other processes counted. Near the limit Redis is asked
 * each time. So a request rarely waits for it, and the limit holds over all processes all the same. Without Redis the
 * count in this process goes on from where it was.
 */
export class Limiter {
  private readonly here: RateLimiterMemory;
  private readonly everywhere: RateLimiterRedis | undefined;
  private readonly askedRemaining: number;
  /** Let in, and Redis does not know it yet. */
  private readonly untold = new Map<string, number>();

  constructor(
    name: string,
    { requests, perSeconds }: RateLimit,
    private readonly shared: SharedCounts,
    private readonly clock: Clock,
  ) {
    const options = { keyPrefix: `${shared.prefix}:limit:${name}`, points: requests, duration: perSeconds };
    this.here = new RateLimiterMemory(options);
    this.everywhere = shared.client && new RateLimiterRedis({ ...options, storeClient: shared.client });
    this.askedRemaining = Math.max(requests * ASKED_SHARE, ASKED_REMAINING);
  }

  /** Counts one request; never rejects because of Redis. */
  async consume(key: string): Promise<Verdict> {
    const counted = await resultOf(this.here.consume(key));
    // Over the limit here is over the limit everywhere: the others can only have added to it.
    if (this.here.points < counted.consumedPoints || !this.shared.isAvailable) return this.verdict(counted);
    if (counted.remainingPoints < this.askedRemaining)
      return this.verdict((await this.tell(key, 1)) ?? counted);
    this.tellLater(key);
    return this.verdict(counted);
  }

  private tellLater(key: string): void {
    const untold = (this.untold.get(key) ?? 0) + 1;
    this.untold.set(key, untold);
    if (untold === 1) this.clock.setTimer(() => void this.tell(key, 0), TELL_AFTER_MS);
    if (untold >= this.askedRemaining * TOLD_SHARE) void this.tell(key, 0);
  }

  /** Adds to the count in Redis and takes over what that is now; undefined when Redis does not say. */
  private async tell(key: string, requests: number): Promise<RateLimiterRes | undefined> {
    const points = requests + (this.untold.get(key) ?? 0);
    this.untold.delete(key);
    const { everywhere } = this;
    if (points === 0 || everywhere === undefined) return undefined;
    const result = await this.shared.ask(() => resultOf(everywhere.consume(key, points)));
    if (result !== undefined) {
      const consumed = result.consumedPoints + (this.untold.get(key) ?? 0);
      await this.here.set(key, consumed, Math.max(result.msBeforeNext, 1) / 1_000);
    }
    return result;
  }

  private verdict({ consumedPoints, msBeforeNext }: RateLimiterRes): Verdict {
    const { points } = this.here;
    return {
      isAllowed: consumedPoints <= points,
      remaining: Math.max(points - consumedPoints, 0),
      windowEndsInMs: msBeforeNext,
    };
  }
}

/** A limiter of the library rejects with its result when the limit is reached. */
async function resultOf(answer: Promise<RateLimiterRes>): Promise<RateLimiterRes> {
  try {
    return await answer;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  }
}
