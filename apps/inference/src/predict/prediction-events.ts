import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '@tidegate/clock';
import { PredictionLogClient, type PredictionLogObserver } from '@tidegate/prediction-log-client';
import type { PredictionEvent } from '@tidegate/schemas';
import type { InferenceConfig } from '../inference.config';
import type { InferenceMetrics } from '../status/inference-metrics';
import type { PredictAnswer, PredictContext } from './predict.service';

type EventSettings = Pick<
  InferenceConfig,
  'loggingUrl' | 'logQueueEvents' | 'logInputs' | 'internalToken' | 'drainTimeoutMs'
>;

/** Turns answers into events for the prediction log, one per instance, and hands them to the sender. */
@Injectable()
export class PredictionEvents implements OnApplicationShutdown {
  private readonly logger = new Logger('PredictionLog');
  private readonly sender: PredictionLogClient | undefined;

  constructor(
    private readonly settings: EventSettings,
    private readonly metrics: InferenceMetrics,
    private readonly clock: Clock,
  ) {
    const { loggingUrl: url, internalToken, logQueueEvents } = settings;
    if (url === undefined) return;
    this.sender = new PredictionLogClient({
      transport: { url, ...(internalToken !== undefined && { internalToken }) },
      maxQueuedEvents: logQueueEvents,
      observer: this.observer(),
      clock,
    });
    const { sender } = this;
    metrics.countWaitingEvents = () => sender.stats().queued;
  }

  /** Never waits: delivery is the sender's business. */
  add(
    answer: PredictAnswer,
    instances: readonly unknown[],
    context: PredictContext & { readonly latencyMs: number },
  ): void {
    if (this.sender === undefined) return;
    const shared = {
      timestamp: new Date(this.clock.nowMs()).toISOString(),
      model: answer.model.name,
      version: answer.model.version,
      ...(answer.model.alias !== undefined && { alias: answer.model.alias }),
      latency_ms: Math.round(context.latencyMs * 1000) / 1000,
      request_id: context.requestId,
      ...(context.traceparent !== undefined && { traceparent: context.traceparent }),
    };
    answer.predictions.forEach((outputs, row) => {
      this.sender?.add({
        ...shared,
        id: `${answer.id}-${row}`,
        outputs: outputs as PredictionEvent['outputs'],
        ...(this.settings.logInputs === 'full' && { inputs: instances[row] as PredictionEvent['inputs'] }),
      });
    });
  }

  /** Half of the time of a stop: the rest is for the requests before and the clean-up after. */
  async onApplicationShutdown(): Promise<void> {
    await this.sender?.flush(this.settings.drainTimeoutMs / 2);
  }

  private observer(): PredictionLogObserver {
    return {
      onResult: (result, count, reason) => {
        this.metrics.logEvents.inc({ result }, count);
        if (result === 'rejected') this.logger.error({ count, reason }, 'the prediction log rejected events');
      },
      onAvailability: (isAvailable, cause) => {
        if (isAvailable) this.logger.log('the prediction log takes events again');
        else this.logger.warn({ cause }, 'the prediction log does not take events: they wait in memory');
      },
    };
  }
}
