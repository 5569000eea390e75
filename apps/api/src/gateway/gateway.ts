import type { OutgoingHttpHeaders } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { sendProblem } from '@tidegate/bootstrap';
import { systemClock } from '@tidegate/clock';
import { ProblemError, REQUEST_ID_HEADER } from '@tidegate/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../access/access';
import { requireModels } from '../access/allowed-models';
import { AuditLog, type AuditSubject } from '../audit/audit-log';
import { Upstreams } from '../discovery/discovery.module';
import type { Upstream } from '../discovery/upstream';
import { requireScopes } from '../keys/authenticator';
import { inferencePolicy } from '../policy/inference-policy';
import { loggingPolicy } from '../policy/logging-policy';
import { mlflowPolicy } from '../policy/mlflow-policy';
import type { RequestSubject, RouteMatch, RoutePolicy } from '../policy/route-table';
import { CallerLeft } from './caller-left';
import { holdBodies, letSend } from './expectation';
import { forwardFailure } from './forward-failure';
import { Forwarder } from './forwarder';
import { hasBody, readBody, refuseBodyOfRead } from './request-body';
import { requireClearFraming } from './request-framing';
import { discardRest } from './rest-of-body';

/** MLflow's largest JSON request is a batch of 1,000 metrics, 100 parameters and 100 tags (about 1 MB). */
const MAX_JSON_BODY_BYTES = 4 * 1024 * 1024;
const NO_BODY = Buffer.alloc(0);

interface GatewayRoute {
  /** With slashes on both ends. */
  readonly prefix: string;
  readonly upstream: Upstream;
  readonly policy: RoutePolicy;
}

/** Everything below `/api/<service>/`: key, policy, scopes, values, then the stream to the service. */
@Injectable()
export class Gateway {
  private readonly logger = new Logger('Gateway');
  private readonly routes: readonly GatewayRoute[];

  constructor(
    private readonly access: Access,
    private readonly audit: AuditLog,
    private readonly forwarder: Forwarder,
    upstreams: Upstreams,
  ) {
    this.routes = [
      { prefix: '/api/mlflow/', upstream: upstreams.mlflow, policy: mlflowPolicy },
      { prefix: '/api/inference/', upstream: upstreams.inference, policy: inferencePolicy },
      { prefix: '/api/logging/', upstream: upstreams.logging, policy: loggingPolicy },
    ];
  }

  /**
   * Adds the routes outside Nest. The first hook answers, so that no body parser comes near: a parsed payload is a changed
   * payload, and looking for a parser has its price in every request.
   */
  mount(fastify: FastifyInstance): void {
    holdBodies(
      fastify.server,
      this.routes.map(({ prefix }) => prefix),
    );
    void fastify.register((scope, _options, done) => {
      for (const route of this.routes) {
        const onRequest = (request: FastifyRequest, reply: FastifyReply): void =>
          void this.handle(route, request, reply).catch((error: unknown) => {
            this.logger.error({ requestId: request.id, err: error }, 'unexpected error');
            reply.raw.destroy();
          });
        scope.all(`${route.prefix}*`, { onRequest }, () => undefined);
      }
      done();
    });
  }

  private async handle(route: GatewayRoute, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      requireClearFraming(request.raw);
      const caller = await this.access.admit(request, reply);
      const [path = '', query] = splitOnce(request.raw.url ?? '', '?');
      const match = matchOf(route, request.method, path);
      let subject: RequestSubject = {};
      if (match.isWrite)
        this.audit.watch({ request, reply, caller, action: match.route, subject: () => audited(subject) });
      requireScopes(caller, match.scopes);
      refuseBodyOfRead(request.raw);
      const isBodyChecked =
        match.body === 'json' || (match.checksBodyOfLimited && caller.models !== undefined);
      const body = isBodyChecked ? await this.read(request, reply) : undefined;
      subject = match.check(query ?? '', body, request.headers);
      if (!match.isLimitedByUpstream) requireModels(caller, subject.models);
      await this.forwarder.forward(request.raw, reply.raw, {
        upstream: route.upstream,
        target: query === undefined ? match.upstreamPath : `${match.upstreamPath}?${query}`,
        requestId: request.id,
        clientAddress: caller.clientAddress,
        models: match.isLimitedByUpstream ? caller.models : undefined,
        body,
        ownHeaders: () => ownHeaders(request, reply),
        onAnswer: () => void reply.hijack(),
      });
      discardRest(request.raw, systemClock);
    } catch (error) {
      this.fail(route, request, reply, error);
    }
  }

  private read(request: FastifyRequest, reply: FastifyReply): Buffer | Promise<Buffer> {
    if (!hasBody(request.raw)) return NO_BODY;
    return readBody(request.raw, {
      clock: systemClock,
      maxBytes: MAX_JSON_BODY_BYTES,
      onWanted: () => letSend(request.raw, reply.raw),
    });
  }

  private fail(
    { upstream }: GatewayRoute,
    request: FastifyRequest,
    reply: FastifyReply,
    error: unknown,
  ): void {
    const hasCallerLeft = reply.raw.destroyed || error instanceof CallerLeft;
    const problem = forwardFailure(upstream.name, error);
    if (problem.status >= 500 && !hasCallerLeft) {
      this.logger.warn(
        { requestId: request.id, upstream: upstream.name, code: problem.code, err: problem.cause },
        problem.message,
      );
    }
    // The answer has begun: cutting it is the only way to say that it is not whole.
    if (reply.raw.headersSent || hasCallerLeft) reply.raw.destroy();
    else {
      sendProblem(reply, problem, request.id);
      discardRest(request.raw, systemClock);
    }
  }
}

function audited({ details, models }: RequestSubject): AuditSubject {
  return { ...details, ...(models && { models }) };
}

/** What admission and hooks want the caller to know, besides the request id. */
function ownHeaders(request: FastifyRequest, reply: FastifyReply): OutgoingHttpHeaders {
  const headers = reply.getHeaders() as OutgoingHttpHeaders;
  headers[REQUEST_ID_HEADER] = request.id;
  return headers;
}

/** @throws ProblemError NOT_FOUND */
function matchOf({ prefix, policy }: GatewayRoute, method: string, path: string): RouteMatch {
  const match = path.startsWith(prefix) ? policy.match(method, path.slice(prefix.length)) : undefined;
  if (match) return match;
  throw new ProblemError('NOT_FOUND', { detail: `The gateway forwards no ${method} request to this path` });
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
