import { predictionEventSchema } from '@tidegate/schemas';
import type { RetentionRules } from '../retention/retention-rules';
import type { StorableEvent } from '../store/storable-event';
import type { BodyItem } from './body-items';
import type { DefectRules } from './defect-rules';
import { identify } from './event-identity';
import { unstorableReason } from './storable-json';

/** An event that will not be stored, with what is known of it. */
export interface RejectedEvent {
  readonly id?: string;
  readonly rejected: string;
}

/** What decides which days are accepted. */
export interface EventAge {
  readonly nowMs: number;
  readonly retention: Pick<RetentionRules, 'daysOf'>;
}

/** Checks one item of a body in full, so that what reaches PostgreSQL is as good as certain to fit. */
export function prepareEvent(
  item: BodyItem,
  rules: DefectRules,
  { nowMs, retention }: EventAge,
): StorableEvent | RejectedEvent {
  if ('unreadable' in item) return { rejected: item.unreadable };
  const rejected = unstorableReason(item.value);
  if (rejected !== undefined) return { ...idOf(item.value), rejected };
  const parsed = predictionEventSchema.safeParse(item.value);
  if (!parsed.success) return { ...idOf(item.value), rejected: describeIssues(parsed.error.issues) };
  const event = parsed.data;
  const identity = identify(event, { nowMs, daysBack: retention.daysOf(event.model) });
  if ('rejected' in identity) return { id: event.id, rejected: identity.rejected };
  return {
    id: event.id,
    ...identity,
    model: event.model,
    version: event.version,
    alias: event.alias ?? null,
    inputsJson: jsonOrNull(event.inputs),
    outputsJson: JSON.stringify(event.outputs),
    latencyMs: event.latency_ms ?? null,
    isDefect: rules.isDefect(event),
    requestId: event.request_id ?? null,
    traceparent: event.traceparent ?? null,
    metadataJson: jsonOrNull(event.metadata),
    subject: event.subject ?? null,
  };
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** The id of an event that is not valid, for the answer; only when it is safe to repeat. */
function idOf(value: unknown): { id?: string } {
  const id = predictionEventSchema.pick({ id: true }).safeParse(value);
  return id.success ? { id: id.data.id } : {};
}

function describeIssues(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  const shown = issues
    .slice(0, 5)
    .map((issue) => `${['event', ...issue.path.map(String)].join('.')}: ${issue.message}`);
  return `invalid: ${shown.join('; ')}`;
}
