import type { IncomingMessage } from 'node:http';
import type { BodyBudget } from '@tidegate/bootstrap';
import type { Clock, Timer } from '@tidegate/clock';
import { ProblemError } from '@tidegate/schemas';
import { RequestAbandoned } from '../execution/run-queue';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Of all bodies; a body is taken from it as it comes. */
  readonly budget: BodyBudget;
  /** From the headers to the last byte: a body that trickles would hold its memory for ever. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** A body that is not complete yet. */
interface Reading {
  readonly startedMs: number;
  readonly giveUp: () => void;
}

/** How exactly the time limit is kept. */
const SWEEP_MS = 500;

/** Reads bodies whole. What it refuses is left unread on the connection: see `UnreadBodies`. */
export class BodyReader {
  /** In the order they began, so the first one is the oldest. One timer for all: nearly every body comes with its headers. */
  private readonly readings = new Set<Reading>();
  private sweep: Timer | undefined;

  constructor(private readonly limits: BodyLimits) {}

  /** Why the body is not worth reading, from its headers alone. */
  refusal({ headers }: IncomingMessage): ProblemError | undefined {
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return encoded(encoding);
    const length = headers['content-length'];
    return length !== undefined && Number(length) > this.limits.maxBytes ? this.tooLarge() : undefined;
  }

  /**
   * The whole body. Most fit into one piece, which is not copied. Its bytes are to be released to the budget.
   *
   * @throws ProblemError `BODY_TOO_LARGE`, `REQUEST_TIMEOUT`, `OVERLOADED`; RequestAbandoned when the connection ended before the body did
   */
  read(request: IncomingMessage): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      const refuse = (error: Error): void => {
        this.readings.delete(reading);
        this.limits.budget.release(bytes);
        request.off('data', onData).off('end', onEnd).off('close', onClose);
        reject(error);
      };
      const onData = (piece: Buffer): void => {
        if (bytes + piece.length > this.limits.maxBytes) return refuse(this.tooLarge());
        if (!this.limits.budget.take(piece.length, bytes)) return refuse(this.overloaded());
        bytes += piece.length;
        pieces.push(piece);
      };
      const onEnd = (): void => {
        this.readings.delete(reading);
        resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, bytes));
      };
      // Comes after the end of every request, too; then nothing is left to refuse.
      const onClose = (): void => {
        if (!request.complete) refuse(new RequestAbandoned());
      };
      const reading: Reading = {
        startedMs: this.limits.clock.monotonicMs(),
        giveUp: () => refuse(this.tooSlow(bytes)),
      };
      this.readings.add(reading);
      this.watch();
      request.on('data', onData).on('end', onEnd).on('close', onClose);
    });
  }

  private watch(): void {
    this.sweep ??= this.limits.clock.setTimer(() => {
      this.sweep = undefined;
      const overdueMs = this.limits.clock.monotonicMs() - this.limits.timeoutMs;
      for (const reading of this.readings) {
        if (reading.startedMs > overdueMs) break;
        reading.giveUp();
      }
      if (this.readings.size > 0) this.watch();
    }, SWEEP_MS);
  }

  private tooLarge(): ProblemError {
    return new ProblemError('BODY_TOO_LARGE', {
      detail: `The body is larger than ${this.limits.maxBytes} bytes (MAX_BODY_BYTES).`,
    });
  }

  private overloaded(): ProblemError {
    return new ProblemError('OVERLOADED', {
      detail: `Bodies of ${this.limits.budget.maxBytes} bytes (MAX_INFLIGHT_BYTES) are being worked on already.`,
      headers: { 'retry-after': '1' },
    });
  }

  private tooSlow(bytes: number): ProblemError {
    return new ProblemError('REQUEST_TIMEOUT', {
      detail: `Of the body only ${bytes} bytes came within ${this.limits.timeoutMs} ms (BODY_TIMEOUT_MS).`,
    });
  }
}

function encoded(encoding: string): ProblemError {
  return new ProblemError('UNSUPPORTED_MEDIA_TYPE', {
    detail: `content-encoding: expected an uncompressed body, got ${JSON.stringify(encoding.slice(0, 100))}`,
    headers: { 'accept-encoding': 'identity' },
  });
}
