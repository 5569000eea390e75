import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { ProblemError, type LogAnswer, type LogItemResult } from '@tidegate/schemas';
import type { LogCounters } from '../health/log-counters';
import type { RetentionRules } from '../retention/retention-rules';
import type { StorableEvent } from '../store/storable-event';
import type { Acknowledgement, KeptOutcome } from './acknowledgement';
import type { BodyItem } from './body-items';
import type { DefectRules } from './defect-rules';
import { prepareEvent, type RejectedEvent } from './prepare-event';

export interface IngestSettings {
  readonly maxRequestEvents: number;
}

/** Checking so many events takes a few milliseconds; then other requests get their turn. */
const EVENTS_PER_TURN = 100;

/** `POST /log` without HTTP: checks each event, has the good ones kept, counts, and answers for every item. */
@Injectable()
export class IngestService {
  constructor(
    private readonly acknowledgement: Acknowledgement,
    private readonly rules: DefectRules,
    private readonly retention: RetentionRules,
    private readonly counters: LogCounters,
    private readonly clock: Clock,
    private readonly settings: IngestSettings,
  ) {}

  /**
   * @param models the only ones the sender may log; undefined: any
   * @throws ProblemError BODY_INVALID, BODY_TOO_LARGE, OVERLOADED, and DATABASE_UNAVAILABLE when at least one event could
   *   not be kept; the others may have been.
   */
  async log(items: readonly BodyItem[], models?: ReadonlySet<string>): Promise<LogAnswer> {
    try {
      return await this.logItems(items, models);
    } catch (error) {
      this.counters.addErrors(1);
      throw error;
    }
  }

  private async logItems(
    items: readonly BodyItem[],
    models: ReadonlySet<string> | undefined,
  ): Promise<LogAnswer> {
    this.requireSensibleCount(items.length);
    const prepared = await this.prepare(items, models);
    const events = prepared.filter((item): item is StorableEvent => !('rejected' in item));
    const outcomes = await this.keep(events);
    const outcomeOf = new Map(events.map((event, index) => [event, outcomes[index]]));
    const answer = summarize(
      prepared.map((item) => ('rejected' in item ? rejection(item) : toResult(item, outcomeOf.get(item)))),
    );
    this.counters.addErrors(answer.rejected);
    return answer;
  }

  private requireSensibleCount(count: number): void {
    const { maxRequestEvents } = this.settings;
    if (count === 0) throw new ProblemError('BODY_INVALID', { detail: 'The body holds no event.' });
    if (count > maxRequestEvents)
      throw new ProblemError('BODY_TOO_LARGE', {
        detail: `The body holds ${count} events; at most ${maxRequestEvents} are accepted at once.`,
      });
  }

  private async prepare(
    items: readonly BodyItem[],
    models: ReadonlySet<string> | undefined,
  ): Promise<(StorableEvent | RejectedEvent)[]> {
    const accepted = { nowMs: this.clock.nowMs(), retention: this.retention };
    const prepared: (StorableEvent | RejectedEvent)[] = [];
    for (const item of items) {
      prepared.push(ofAllowedModel(prepareEvent(item, this.rules, accepted), models));
      if (prepared.length % EVENTS_PER_TURN === 0) await nextTurn();
    }
    return prepared;
  }

  private async keep(events: readonly StorableEvent[]): Promise<KeptOutcome[]> {
    if (events.length === 0) return [];
    const outcomes = await this.acknowledgement.keep(events);
    const stored = events.filter((_, index) => outcomes[index]?.status === 'stored');
    if (stored.length > 0) this.counters.addStored(stored);
    for (const outcome of outcomes) if (outcome.status === 'failed') throw outcome.error;
    return outcomes;
  }
}

function ofAllowedModel(
  event: StorableEvent | RejectedEvent,
  models: ReadonlySet<string> | undefined,
): StorableEvent | RejectedEvent {
  if ('rejected' in event || models === undefined || models.has(event.model)) return event;
  return {
    id: event.id,
    rejected: `event.model: the API key is not allowed to log the model ${JSON.stringify(event.model)}`,
  };
}

function rejection({ id, rejected }: RejectedEvent): LogItemResult {
  return { ...(id === undefined ? {} : { id }), status: 'rejected', reason: rejected };
}

function toResult(event: StorableEvent, outcome: KeptOutcome | undefined): LogItemResult {
  if (outcome?.status === 'refused') return rejection({ id: event.id, rejected: outcome.reason });
  if (outcome !== undefined && outcome.status !== 'failed') return { id: event.id, status: outcome.status };
  throw new Error(`No outcome is known for event ${event.id}.`);
}

function summarize(results: LogItemResult[]): LogAnswer {
  const count = (status: LogItemResult['status']): number =>
    results.filter((result) => result.status === status).length;
  return {
    stored: count('stored'),
    duplicates: count('duplicate'),
    spooled: count('spooled'),
    rejected: count('rejected'),
    results,
  };
}
