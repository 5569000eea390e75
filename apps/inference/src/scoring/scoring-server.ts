import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { BodyBudget, internalTokenCheck, logRequest, requestIdOf } from '@tidegate/bootstrap';
import type { Clock } from '@tidegate/clock';
import type { DrainState } from '@tidegate/health';
import { type HistogramSeries, httpSeries } from '@tidegate/metrics';
import { ProblemError } from '@tidegate/schemas';
import type { FastifyBaseLogger } from 'fastify';
import { RequestAbandoned } from '../execution/run-queue';
import type { Answer, ScoringProtocol } from '../protocols/protocol';
import { BodyReader } from './body-reader';
import type { ScoringService } from './scoring.service';
import { subjectOf } from './subject-header';
import { endAfterBody } from './unread-body';

/** Which protocol a path belongs to. */
export type ProtocolOfPath = (path: string) => ScoringProtocol | undefined;

export interface ScoringServerParts {
  readonly service: ScoringService;
  readonly protocolOf: ProtocolOfPath;
  readonly drain: DrainState;
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
  readonly maxBodyBytes: number;
  /** Of all requests that are not answered yet. */
  readonly maxInflightBytes: number;
  readonly bodyTimeoutMs: number;
  readonly internalToken: string | undefined;
}

/** W3C trace context; anything else is not passed on. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/**
 * Answers scoring requests straight from Node's HTTP server. A small model runs in a few microseconds and Fastify's own
 * share of a request is thirty: everything else goes to Fastify as ever.
 */
export class ScoringServer {
  private readonly carriesToken: ReturnType<typeof internalTokenCheck>;
  private readonly budget: BodyBudget;
  private readonly bodies: BodyReader;
  private readonly isEachLogged: boolean;
  private readonly answered = new Map<ScoringProtocol, HistogramSeries>();

  constructor(private readonly parts: ScoringServerParts) {
    const { logger, internalToken, maxBodyBytes: maxBytes, bodyTimeoutMs: timeoutMs, clock } = parts;
    this.budget = new BodyBudget(parts.maxInflightBytes);
    this.isEachLogged = ['debug', 'trace'].includes(logger.level);
    this.carriesToken = internalTokenCheck(internalToken);
    this.bodies = new BodyReader({ maxBytes, timeoutMs, clock, budget: this.budget });
  }

  /** Puts itself before the listeners `server` has. */
  mount(server: Server): void {
    const others = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      const path = pathOf(request);
      const protocol = this.parts.protocolOf(path);
      if (protocol !== undefined) void this.handle(protocol, path, request, response);
      else for (const listener of others) listener(request, response);
    });
    // Node would tell everybody to send the body, also those who are refused by their headers.
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (this.parts.protocolOf(pathOf(request)) === undefined) response.writeContinue();
      server.emit('request', request, response);
    });
  }

  private async handle(
    protocol: ScoringProtocol,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const startedMs = this.parts.clock.monotonicMs();
    const requestId = requestIdOf(request.headers);
    let bodyBytes = 0;
    try {
      const refusal = this.refusal(request);
      if (refusal !== undefined) throw refusal;
      const subject = subjectOf(request.headers);
      if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
      const body = await this.bodies.read(request);
      bodyBytes = body.length;
      const answer = await this.parts.service.score(
        protocol,
        { path, headers: request.headers, body },
        {
          requestId,
          traceparent: traceparentOf(request),
          subject,
          startedMs,
          isAbandoned: () => request.socket.destroyed,
        },
      );
      this.send(response, 200, answer, requestId);
    } catch (error) {
      if (error instanceof RequestAbandoned) return;
      // What came together with the headers is parsed by then: a small body is complete, and the connection can go on.
      await new Promise(setImmediate);
      this.refuse({ protocol, request, response, requestId }, error);
    } finally {
      this.budget.release(bodyBytes);
    }
    this.note(protocol, request, response.statusCode, requestId, this.parts.clock.monotonicMs() - startedMs);
  }

  /** What the headers alone are refused for. */
  private refusal(request: IncomingMessage): ProblemError | undefined {
    if (!this.carriesToken(request.headers)) return new ProblemError('INTERNAL_TOKEN_REQUIRED');
    if (request.method === 'POST') return this.bodies.refusal(request);
    return new ProblemError('METHOD_NOT_ALLOWED', {
      detail: `Predictions are asked for by POST, not by ${request.method}.`,
      headers: { allow: 'POST' },
    });
  }

  private send(response: ServerResponse, status: number, answer: Answer, requestId: string): void {
    writeHead(response, status, answer, requestId, this.parts.drain.isDraining);
    response.end(answer.body);
  }

  /** Must not throw: nobody is there to catch it. */
  private refuse({ protocol, request, response, requestId }: Refused, error: unknown): void {
    const problem = error instanceof ProblemError ? error : this.unexpected(error, protocol, requestId);
    try {
      const answer = protocol.errorAnswer(problem, requestId);
      const full = { ...answer, headers: { ...answer.headers, ...problem.headers } };
      // A body that was not read to its end must not be taken for the next request.
      const isReadToEnd = request.complete;
      writeHead(
        response,
        answer.status ?? problem.status,
        full,
        requestId,
        !isReadToEnd || this.parts.drain.isDraining,
      );
      if (isReadToEnd) response.end(answer.body);
      else {
        response.write(answer.body);
        endAfterBody(request, response, this.parts.clock);
      }
    } catch (cause) {
      this.unexpected(cause, protocol, requestId);
      response.destroy();
    }
  }

  private unexpected(error: unknown, { route }: ScoringProtocol, requestId: string): ProblemError {
    this.parts.logger.error({ err: error, requestId, route }, 'unexpected error');
    return new ProblemError('INTERNAL_ERROR', { cause: error });
  }

  private note(
    protocol: ScoringProtocol,
    { method = '' }: IncomingMessage,
    status: number,
    requestId: string,
    durationMs: number,
  ): void {
    this.seriesOf(protocol, method, status).observe(durationMs / 1000);
    const isFailure = status >= 500;
    if (!isFailure && !this.isEachLogged) return;
    const { route } = protocol;
    logRequest(this.parts.logger, { requestId, method, route, status, durationMs, isFailure });
  }

  /** What happens all the time keeps its series: looking it up costs more than counting. */
  private seriesOf(protocol: ScoringProtocol, method: string, status: number): HistogramSeries {
    if (status !== 200) return httpSeries(method, protocol.route, status);
    let series = this.answered.get(protocol);
    if (series === undefined) {
      series = httpSeries(method, protocol.route, status);
      this.answered.set(protocol, series);
    }
    return series;
  }
}

/** A request that gets an error for an answer. */
interface Refused {
  readonly protocol: ScoringProtocol;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
}

function writeHead(
  response: ServerResponse,
  status: number,
  { contentType, body, headers }: Answer,
  requestId: string,
  isLast: boolean,
): void {
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  const list = ['content-type', contentType, 'content-length', String(length), 'x-request-id', requestId];
  if (headers !== undefined) for (const name in headers) list.push(name, headers[name] as string);
  if (isLast) list.push('connection', 'close');
  response.writeHead(status, list);
}

function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

function traceparentOf({ headers: { traceparent } }: IncomingMessage): string | undefined {
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}
