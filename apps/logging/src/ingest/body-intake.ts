import type { IncomingMessage } from 'node:http';
import { BodyBudget } from '@tidegate/bootstrap';
import { ProblemError } from '@tidegate/schemas';

export interface BodyLimits {
  /** Of one body. */
  readonly maxBodyBytes: number;
  /** Of all requests that are not answered yet. */
  readonly maxInflightBytes: number;
}

export type OnBody = (error: Error | null, body?: Buffer) => void;

/**
 * Receives bodies, and keeps the bytes of requests that are in memory until they are answered within a budget, however many
 * send at once and however long the database takes.
 */
export class BodyIntake<Request extends object> {
  private readonly bytesOf = new Map<Request, number>();
  private readonly budget: BodyBudget;

  constructor(private readonly limits: BodyLimits) {
    this.budget = new BodyBudget(limits.maxInflightBytes);
  }

  /** Bytes of the requests that are not answered yet. */
  get heldBytes(): number {
    return this.budget.heldBytes;
  }

  /** Reads the body of `request`; `done` is called once. {@link release} it when it is answered, whatever came of it. */
  read(request: Request, payload: IncomingMessage, done: OnBody): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const announced = payload.headers['content-length'];
    if (announced !== undefined && Number(announced) > this.limits.maxBodyBytes) return done(this.tooLarge());
    const finish: OnBody = (error, body) => {
      payload.off('data', onData).off('end', onEnd).off('error', onError);
      // What still comes is thrown away; the connection closes behind the answer.
      if (error) payload.resume();
      done(error, body);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      const error = bytes > this.limits.maxBodyBytes ? this.tooLarge() : this.take(request, chunk.length);
      if (error) finish(error);
      else chunks.push(chunk);
    };
    const onEnd = (): void => finish(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    const onError = (error: Error): void => finish(error);
    payload.on('data', onData).on('end', onEnd).on('error', onError);
  }

  /** The request is answered. */
  release(request: Request): void {
    this.budget.release(this.bytesOf.get(request) ?? 0);
    this.bytesOf.delete(request);
  }

  private take(request: Request, bytes: number): ProblemError | undefined {
    const own = this.bytesOf.get(request) ?? 0;
    if (!this.budget.take(bytes, own)) return this.overloaded();
    this.bytesOf.set(request, own + bytes);
    return undefined;
  }

  private tooLarge(): ProblemError {
    return new ProblemError('BODY_TOO_LARGE', {
      detail: `The body is larger than ${this.limits.maxBodyBytes} bytes (MAX_BODY_BYTES); send fewer events at once.`,
    });
  }

  private overloaded(): ProblemError {
    return new ProblemError('OVERLOADED', {
      detail: `Requests of ${this.limits.maxInflightBytes} bytes (MAX_INFLIGHT_BYTES) are being worked on already.`,
      headers: { 'retry-after': '1' },
    });
  }
}
