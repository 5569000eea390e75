import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { PredictionLogClient, type PredictionLogObserver } from '@tidegate/prediction-log-client';
import type { InferenceConfig } from '../inference.config';
import type { ModelFollower } from '../models/model-follower';
import type { InferenceMetrics } from '../status/inference-metrics';
import { type EventPolicy, eventPolicyOf } from './event-policy';
import { eventTexts } from './event-texts';
import { logIsFull } from './log-is-full';
import { loggingDispatcher } from './logging-dispatcher';
import type { ScoredRows } from './scored-rows';
import { UnloggableRows } from './unloggable-rows';

type EventSettings = Pick<
  InferenceConfig,
  | 'loggingUrl'
  | 'logQueueEvents'
  | 'logInputs'
  | 'logSample'
  | 'logSpoolDir'
  | 'logSpoolMaxBytes'
  | 'logWhenFull'
  | 'internalToken'
  | 'drainTimeoutMs'
>;

/** Turns answers into events for the prediction log, one per instance, and hands them to the sender. */
@Injectable()
export class PredictionEvents implements OnApplicationShutdown {
  private readonly logger = new Logger('PredictionLog');
  private readonly sender: PredictionLogClient | undefined;
  private readonly policies = new WeakMap<ModelFollower, EventPolicy>();
  private readonly unloggable: UnloggableRows;

  constructor(
    private readonly settings: EventSettings,
    private readonly metrics: InferenceMetrics,
    private readonly clock: Clock,
    /** From 0 to below 1. */
    private readonly random: () => number,
  ) {
    this.unloggable = new UnloggableRows(metrics);
    const { loggingUrl: url, internalToken, logQueueEvents, logSpoolDir: folder } = settings;
    if (url === undefined) return;
    const dispatcher = loggingDispatcher(url);
    this.sender = new PredictionLogClient({
      transport: { url, dispatcher, ...(internalToken !== undefined && { internalToken }) },
      maxQueuedEvents: logQueueEvents,
      ...(folder !== undefined && { spool: { folder, maxBytes: settings.logSpoolMaxBytes } }),
      observer: this.observer(),
      clock,
    });
    const { sender } = this;
    metrics.countWaitingEvents = () => sender.stats().queued + sender.stats().spooled;
    metrics.countSpooledBytes = () => sender.stats().spooledBytes;
  }

  /** Whether predictions are logged at all. */
  get isOn(): boolean {
    return this.sender !== undefined;
  }

  /**
   * Spares the run whose predictions could not be logged; how large their events are is known, and decided on, in `add`.
   *
   * @throws ProblemError `OVERLOADED` under LOG_WHEN_FULL=refuse
   */
  requireRoomFor(instances: number): void {
    if (this.isRefusing && this.sender?.hasRoomFor(instances) === false) throw logIsFull();
  }

  /**
   * Never waits: delivery is the sender's business. Of a request all rows are chosen for the log or none. Rows that no event
   * can be made of are right all the same.
   *
   * @throws ProblemError `OVERLOADED` under LOG_WHEN_FULL=refuse when there is no room: the answer must not be given
   */
  add(rows: ScoredRows): void {
    const { sender } = this;
    if (sender === undefined) return;
    const policy = this.policyOf(rows.follower);
    if (policy.sample < 1 && this.random() >= policy.sample) return;
    const events = this.textsOf(rows, policy);
    // Nobody is given what a challenger says.
    if (!this.isRefusing || rows.shadowOf !== undefined) for (const event of events) sender.add(event);
    else if (!sender.offer(events)) throw logIsFull();
  }

  /** Half of the time of a stop: the rest is for the requests before and the clean-up after. */
  async onApplicationShutdown(): Promise<void> {
    await this.sender?.flush(this.settings.drainTimeoutMs / 2);
  }

  /** What of a model's predictions is logged. */
  policyOf(follower: ModelFollower): EventPolicy {
    let policy = this.policies.get(follower);
    if (policy === undefined) {
      const { logSample: sample, logInputs: inputs } = this.settings;
      policy = eventPolicyOf(follower.spec.log, { sample, inputs });
      this.policies.set(follower, policy);
    }
    return policy;
  }

  private get isRefusing(): boolean {
    return this.settings.logWhenFull === 'refuse';
  }

  private textsOf(rows: ScoredRows, policy: EventPolicy): readonly string[] {
    try {
      return eventTexts(rows, policy, this.clock.nowMs());
    } catch (error) {
      this.unloggable.note(rows, error);
      return [];
    }
  }

  private observer(): PredictionLogObserver {
    const { logSpoolDir } = this.settings;
    const where = logSpoolDir === undefined ? 'in memory' : 'on disk';
    return {
      onResult: (result, count, reason) => {
        this.metrics.logEvents.inc({ result }, count);
        if (result === 'rejected') this.logger.error({ count, reason }, 'the prediction log rejected events');
      },
      onAvailability: (isAvailable, cause) => {
        if (isAvailable) this.logger.log('the prediction log takes events again');
        else this.logger.warn({ cause }, `the prediction log does not take events: they wait ${where}`);
      },
      onSpoolProblem: (problem) =>
        this.logger.error({ problem }, 'the spool of the prediction log is not well'),
    };
  }
}
