export type { EventBlock } from './event-block';
export type { EventSpoolOptions } from './event-spool';
export type { Delivery, EventTransport } from './event-transport';
export type { HttpTransportOptions } from './http-transport';
export {
  type EventResult,
  PredictionLogClient,
  type PredictionLogClientOptions,
  type PredictionLogObserver,
  type PredictionLogStats,
} from './prediction-log-client';
