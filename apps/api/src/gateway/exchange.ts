import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Clock, Timer } from '@tidegate/clock';
import { ProblemError } from '@tidegate/schemas';
import type { Dispatcher } from 'undici';
import type { AddressPool } from '../discovery/address-pool';
import type { Upstream } from '../discovery/upstream';
import type { ForwardOutcome } from '../discovery/upstream-traffic';
import { CallerLeft } from './caller-left';
import { forwardFailure, isDropped } from './forward-failure';
import { responseHeaders, type HeaderList } from './forwarded-headers';
import { UploadBody } from './upload-body';

/** One request of a caller, with the connection it came over. */
export interface CallerSide {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly clock: Clock;
}

/** The same request as the upstream gets it. */
export interface UpstreamSide {
  readonly upstream: Upstream;
  readonly path: string;
  readonly headers: HeaderList;
  /** Bytes, a stream of the caller's with its limit, or no body. */
  readonly body: Buffer | { readonly maxBytes: number | undefined } | undefined;
  readonly ownHeaders: () => OutgoingHttpHeaders;
  readonly onAnswer: () => void;
}

/** With each address the upstream has, but not for ever. */
const MAX_ATTEMPTS = 3;
/** A caller that reads nothing of its answer for this long is gone. */
const READ_PAUSE_LIMIT_MS = 120_000;
/** The same at the upstream when they are sent twice. */
const REPEATABLE: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Hands one request to an upstream and its answer to the caller, chunk by chunk at the pace of the slower side. It is the
 * handler undici calls, without promises or streams in between: this is the path of every request.
 *
 * An attempt that failed is repeated when nothing was sent (the connection was refused: any method, other addresses), or
 * when the connection was dropped before the answer and the request changes nothing (within the retry budget).
 */
export class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private pool: AddressPool | undefined;
  private tried: AddressPool[] | undefined;
  private attempts = 0;
  private isSent = false;
  private isAnswering = false;
  private isOver = false;
  private hasCallerLeft = false;
  private readPause: Timer | undefined;
  /** As announced; NaN when it was not. */
  private answerBytes = NaN;
  /** An answer that came in one piece is handed over with its end, in one write. */
  private wholeAnswer: Buffer | undefined;

  /** @param onEnd called once: without an error when the answer was handed over whole */
  constructor(
    private readonly caller: CallerSide,
    private readonly target: UpstreamSide,
    private readonly onEnd: (error?: Error) => void,
  ) {}

  start(): void {
    this.caller.response.on('close', this.onCallerClosed);
    this.target.upstream.retryBudget.earn();
    this.attempt(undefined);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    this.isSent = true;
    this.pool?.breaker.connected();
    if (this.hasCallerLeft) controller.abort(new CallerLeft());
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // Informational answers are for the connection to the upstream.
    if (status < 200) return;
    if (status === 401) {
      controller.abort(credentialRefused(this.target.upstream.name));
      return;
    }
    // Throws for bytes that may not stand in a header; a problem can be answered then.
    this.caller.response.writeHead(status, responseHeaders(headers, this.target.ownHeaders()));
    this.isAnswering = true;
    this.answerBytes = Number(headers['content-length']);
    this.target.onAnswer();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (chunk.length === this.answerBytes) {
      this.wholeAnswer = chunk;
      return;
    }
    if (this.caller.response.write(chunk)) return;
    controller.pause();
    this.waitForReader(controller);
  }

  onResponseEnd(): void {
    this.end('answered');
    this.caller.response.end(this.wholeAnswer);
    this.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const { pool } = this;
    this.leavePool();
    if (pool !== undefined && !this.isSent) this.tellBreaker(pool, error);
    const isOpen = !this.hasCallerLeft && !this.isAnswering && pool !== undefined;
    if (isOpen && this.isWorthAnotherAttempt(error, pool)) this.attempt(error);
    else this.fail(error);
  }

  /** @param lastError why the attempt before failed: that is what the caller hears when there is no other address */
  private attempt(lastError: Error | undefined): void {
    this.attempts += 1;
    try {
      const chosen = this.target.upstream.choose(this.tried);
      if (!(chosen instanceof Promise)) this.send(chosen);
      else
        chosen.then(
          (pool) => this.send(pool),
          (error: Error) => this.fail(lastError ?? error),
        );
    } catch (error) {
      this.fail(lastError ?? (error as Error));
    }
  }

  private send(pool: AddressPool): void {
    const { path, headers, body } = this.target;
    const { request, response, clock } = this.caller;
    if (this.hasCallerLeft) {
      this.fail(new CallerLeft());
      return;
    }
    if (this.attempts > 1) this.target.upstream.traffic.retries += 1;
    this.pool = pool;
    this.isSent = false;
    pool.running += 1;
    pool.breaker.begin();
    pool.dispatch(
      {
        method: request.method as Dispatcher.HttpMethod,
        path,
        headers,
        body:
          body === undefined || Buffer.isBuffer(body)
            ? (body ?? null)
            : new UploadBody(request, response, { clock, ...body }),
      },
      this,
    );
  }

  private isWorthAnotherAttempt(error: Error, pool: AddressPool): boolean {
    if (this.attempts >= MAX_ATTEMPTS) return false;
    if (!this.isOfConnection(error)) return false;
    const { upstream, body } = this.target;
    if (!this.isSent) {
      (this.tried ??= []).push(pool);
      return true;
    }
    const isRepeatable =
      (body === undefined || Buffer.isBuffer(body)) && REPEATABLE.has(this.caller.request.method);
    if (!isRepeatable || !isDropped(error) || !upstream.retryBudget.spend()) return false;
    // Once more over a new connection when there is no other address: the old one may just have been idle for too long.
    if (upstream.hasOtherThan(pool)) (this.tried ??= []).push(pool);
    else if (this.attempts > 1) return false;
    return true;
  }

  private tellBreaker({ breaker }: AddressPool, error: Error): void {
    if (this.isOfConnection(error)) breaker.failed();
    else breaker.abandoned();
  }

  private isOfConnection(error: Error): boolean {
    if (error instanceof ProblemError || error instanceof CallerLeft) return false;
    const { code } = forwardFailure(this.target.upstream.name, error);
    return code === 'UPSTREAM_REFUSED' || code === 'UPSTREAM_TIMEOUT';
  }

  private waitForReader(controller: Dispatcher.DispatchController): void {
    if (this.readPause !== undefined) return;
    const { response, clock } = this.caller;
    this.readPause = clock.setTimer(() => response.destroy(), READ_PAUSE_LIMIT_MS);
    response.once('drain', () => {
      this.readPause?.cancel();
      this.readPause = undefined;
      controller.resume();
    });
  }

  private readonly onCallerClosed = (): void => {
    if (this.isOver) return;
    this.hasCallerLeft = true;
    this.controller?.abort(new CallerLeft());
  };

  private fail(error: Error): void {
    if (this.hasCallerLeft || error instanceof CallerLeft) this.end('cancelled');
    else if (this.isAnswering) this.end('cut');
    else this.end(forwardFailure(this.target.upstream.name, error).code);
    this.onEnd(error);
  }

  private end(outcome: ForwardOutcome): void {
    this.isOver = true;
    this.readPause?.cancel();
    this.caller.response.off('close', this.onCallerClosed);
    this.leavePool();
    this.target.upstream.traffic.count(outcome);
  }

  private leavePool(): void {
    if (this.pool !== undefined) this.pool.running -= 1;
    this.pool = undefined;
    this.controller = undefined;
  }
}

/** The caller's key was fine: it is the gateway's own credential that the upstream does not take. */
function credentialRefused(upstream: string): ProblemError {
  return new ProblemError('UPSTREAM_REFUSED_CREDENTIAL', {
    detail: `${upstream} refused the credential of the gateway`,
  });
}
