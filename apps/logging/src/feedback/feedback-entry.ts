import { feedbackSchema } from '@tidegate/schemas';
import type { BodyItem } from '../ingest/body-items';
import { identify, type AcceptedDays } from '../ingest/event-identity';
import { unstorableReason } from '../ingest/storable-json';

/** Feedback on its way in: checked, and the identity of its prediction settled. */
export interface FeedbackEntry {
  readonly id: string;
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly actualJson: string;
}

export interface RejectedFeedback {
  readonly id?: string;
  readonly rejected: string;
}

/** Checks one item of a body in full. */
export function prepareFeedback(item: BodyItem, accepted: AcceptedDays): FeedbackEntry | RejectedFeedback {
  if ('unreadable' in item) return { rejected: item.unreadable };
  const rejected = unstorableReason(item.value);
  if (rejected !== undefined) return { ...idOf(item.value), rejected };
  const parsed = feedbackSchema.safeParse(item.value);
  if (!parsed.success) return { ...idOf(item.value), rejected: describeIssues(parsed.error.issues) };
  const { id, actual, day, timestamp } = parsed.data;
  // Any time of a day stands for the day.
  const identity = identify({ id, timestamp: day === undefined ? timestamp : `${day}T12:00:00Z` }, accepted);
  if (!('rejected' in identity)) return { id, day: identity.day, actualJson: JSON.stringify(actual) };
  return {
    id,
    rejected: identity.rejected.startsWith('timestamp_required')
      ? 'day_required: an id that is no UUIDv7 needs the day or the timestamp of its prediction'
      : identity.rejected,
  };
}

function idOf(value: unknown): { id?: string } {
  const id = feedbackSchema.pick({ id: true }).safeParse(value);
  return id.success ? { id: id.data.id } : {};
}

function describeIssues(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  const shown = issues
    .slice(0, 5)
    .map((issue) => `${['feedback', ...issue.path.map(String)].join('.')}: ${issue.message}`);
  return `invalid: ${shown.join('; ')}`;
}
