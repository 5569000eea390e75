import type { Clock } from '@tidegate/clock';
import { utcDayAfter } from '../ingest/event-identity';
import type { BackgroundWork } from '../store/background-loop';
import type { FeedbackStore } from './feedback-store';

const FORGET_EVERY_MS = 3_600_000;

/** Applies feedback whose prediction came after it, and forgets feedback of predictions that retention has removed. */
export class FeedbackReconciler implements BackgroundWork {
  readonly name = 'feedback';
  private forgetAtMs = 0;

  constructor(
    private readonly store: FeedbackStore,
    private readonly clock: Clock,
    private readonly retentionDays: number,
  ) {}

  async run(): Promise<boolean> {
    const hasMore = await this.store.reconcile(this.clock.nowMs());
    return (await this.forget()) || hasMore;
  }

  private async forget(): Promise<boolean> {
    const nowMs = this.clock.nowMs();
    if (nowMs < this.forgetAtMs) return false;
    const hasMore = await this.store.forgetBefore(utcDayAfter(nowMs, -this.retentionDays));
    if (!hasMore) this.forgetAtMs = nowMs + FORGET_EVERY_MS;
    return hasMore;
  }
}
