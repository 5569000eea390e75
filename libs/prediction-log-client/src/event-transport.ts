import type { EventBlock } from './event-block';

/** What became of one batch. */
export type Delivery =
  | {
      readonly kind: 'accepted';
      readonly stored: number;
      readonly duplicates: number;
      readonly rejected: number;
      /** Why the first rejected event was rejected. */
      readonly reason?: string;
      /** Which of the batch were rejected, when some were. */
      readonly rejectedIndexes?: readonly number[];
    }
  /** Too large as a whole: smaller batches may pass. */
  | { readonly kind: 'too-large'; readonly reason: string }
  /** Refused for good: sending it again cannot help. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Not now: the same batch may pass later. `retryAfterMs`: the receiver's own wish. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterMs?: number };

/** Brings a batch of events, each as JSON, to where it is kept. Expected failures are values; it never rejects. */
export interface EventTransport {
  send(batch: EventBlock, signal: AbortSignal): Promise<Delivery>;
}
