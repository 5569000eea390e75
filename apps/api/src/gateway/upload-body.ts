import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Clock, Timer } from '@tidegate/clock';
import { ProblemError } from '@tidegate/schemas';
import { CallerLeft } from './caller-left';
import { letSend } from './expectation';

/** A caller that sends nothing for this long is gone; how long the whole upload takes does not matter. */
export const PAUSE_LIMIT_MS = 60_000;
const BUFFER_BYTES = 64 * 1024;

export interface UploadLimits {
  readonly clock: Clock;
  /** @default no limit */
  readonly maxBytes?: number;
}

/**
 * The body of a request on its way to an upstream. Nothing is read before the upstream takes the first byte, so an upload
 * that finds no connection can still go to another address. Ending it early leaves the caller's connection alone: the
 * answer goes over it.
 */
export class UploadBody extends Readable {
  private isStarted = false;
  private bytes = 0;
  private lastChunkAtMs = 0;
  private timer: Timer | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly limits: UploadLimits,
  ) {
    super({ highWaterMark: BUFFER_BYTES });
  }

  override _read(): void {
    if (!this.isStarted) this.start();
    else if (this.request.isPaused()) {
      this.lastChunkAtMs = this.limits.clock.monotonicMs();
      this.request.resume();
    }
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.timer?.cancel();
    const { request } = this;
    request.off('data', this.onChunk).off('end', this.onEnd).off('close', this.onClose);
    // What still comes is dropped: see `discardRest`.
    if (this.isStarted && !request.complete) request.resume();
    callback(error);
  }

  private start(): void {
    this.isStarted = true;
    this.lastChunkAtMs = this.limits.clock.monotonicMs();
    letSend(this.request, this.response);
    this.watch(PAUSE_LIMIT_MS);
    this.request.on('data', this.onChunk).on('end', this.onEnd).on('close', this.onClose);
  }

  private readonly onChunk = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    const { maxBytes } = this.limits;
    if (maxBytes !== undefined && this.bytes > maxBytes) this.destroy(uploadTooLarge(maxBytes));
    else {
      this.lastChunkAtMs = this.limits.clock.monotonicMs();
      if (!this.push(chunk)) this.request.pause();
    }
  };

  private readonly onEnd = (): void => {
    this.timer?.cancel();
    this.push(null);
  };

  private readonly onClose = (): void => {
    if (!this.request.complete) this.destroy(new CallerLeft());
  };

  /** One timer for many chunks: it looks when the last one came. */
  private watch(afterMs: number): void {
    this.timer = this.limits.clock.setTimer(() => {
      const idleMs = this.limits.clock.monotonicMs() - this.lastChunkAtMs;
      // While the upstream takes nothing, the caller is not the one that is slow.
      if (this.request.isPaused()) this.watch(PAUSE_LIMIT_MS);
      else if (idleMs < PAUSE_LIMIT_MS) this.watch(PAUSE_LIMIT_MS - idleMs);
      else this.destroy(pausedTooLong());
    }, afterMs);
  }
}

export function uploadTooLarge(maxBytes: number): ProblemError {
  return new ProblemError('BODY_TOO_LARGE', {
    detail: `An artifact may have at most ${maxBytes} bytes here`,
  });
}

export function pausedTooLong(): ProblemError {
  return new ProblemError('REQUEST_TIMEOUT', {
    detail: `No byte of the request body came for ${PAUSE_LIMIT_MS / 1000} s`,
  });
}
