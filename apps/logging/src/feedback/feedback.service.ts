import { Injectable } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { ProblemError, type FeedbackAnswer, type FeedbackItemResult } from '@tidegate/schemas';
import type { BodyItem } from '../ingest/body-items';
import type { ConcurrencyLimit } from '../store/concurrency-limit';
import type { StoreKeeper } from '../store/store-keeper';
import { prepareFeedback, type FeedbackEntry, type RejectedFeedback } from './feedback-entry';
import { identityKey } from './feedback-resolution';
import type { FeedbackStore } from './feedback-store';

export interface FeedbackSettings {
  readonly retentionDays: number;
  readonly maxRequestEvents: number;
}

/** `POST /feedback` without HTTP: checks each item, keeps the good ones and answers for every item. */
@Injectable()
export class FeedbackService {
  constructor(
    private readonly store: FeedbackStore,
    private readonly keeper: StoreKeeper,
    private readonly limit: ConcurrencyLimit,
    private readonly clock: Clock,
    private readonly settings: FeedbackSettings,
  ) {}

  /**
   * Feedback about a prediction that is none of the sender's `models` is answered as if the prediction were unknown.
   *
   * @throws ProblemError BODY_INVALID, BODY_TOO_LARGE, OVERLOADED
   * @throws DatabaseUnavailable when nothing was kept
   */
  async keep(items: readonly BodyItem[], models?: ReadonlySet<string>): Promise<FeedbackAnswer> {
    this.requireSensibleCount(items.length);
    const nowMs = this.clock.nowMs();
    const accepted = { nowMs, daysBack: this.settings.retentionDays };
    const prepared = items.map((item) => prepareFeedback(item, accepted));
    // Of several about the same prediction the last one counts.
    const entries = new Map(prepared.filter(isEntry).map((entry) => [identityKey(entry), entry]));
    const applied = await this.keepEntries([...entries.values()], models, nowMs);
    const results = prepared.map((item): FeedbackItemResult => {
      if (!isEntry(item)) return rejection(item);
      return { id: item.id, status: applied.has(identityKey(item)) ? 'applied' : 'pending' };
    });
    const count = (status: FeedbackItemResult['status']): number =>
      results.filter((result) => result.status === status).length;
    return { applied: count('applied'), pending: count('pending'), rejected: count('rejected'), results };
  }

  private async keepEntries(
    entries: readonly FeedbackEntry[],
    models: ReadonlySet<string> | undefined,
    nowMs: number,
  ): Promise<ReadonlySet<string>> {
    if (entries.length === 0) return new Set();
    this.keeper.requireInitialized();
    return this.limit.run(() => this.store.keep(entries, models, nowMs));
  }

  private requireSensibleCount(count: number): void {
    const { maxRequestEvents } = this.settings;
    if (count === 0) throw new ProblemError('BODY_INVALID', { detail: 'The body holds no feedback.' });
    if (count > maxRequestEvents)
      throw new ProblemError('BODY_TOO_LARGE', {
        detail: `The body holds ${count} items; at most ${maxRequestEvents} are accepted at once.`,
      });
  }
}

function isEntry(item: FeedbackEntry | RejectedFeedback): item is FeedbackEntry {
  return !('rejected' in item);
}

function rejection({ id, rejected }: RejectedFeedback): FeedbackItemResult {
  return { ...(id === undefined ? {} : { id }), status: 'rejected', reason: rejected };
}
