import { Injectable, Logger } from '@nestjs/common';
import { sendProblem } from '@tidegate/bootstrap';
import { ProblemError } from '@tidegate/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../access/access';
import { requireModels } from '../access/allowed-models';
import { AuditLog } from '../audit/audit-log';
import { Upstreams } from '../discovery/discovery.module';
import type { Upstream } from '../discovery/upstream';
import { requireScopes } from '../keys/authenticator';
import type { Caller } from '../keys/key-record';
import { inferencePolicy, loggingPolicy } from '../policy/app-policies';
import { mlflowPolicy } from '../policy/mlflow-policy';
import type { RequestSubject, RouteMatch, RoutePolicy } from '../policy/route-table';
import { forward } from './forwarder';
import { forwardFailure } from './forward-failure';
import { readBody } from './request-body';

/** MLflow's largest JSON request is a batch of 1,000 metrics, 100 parameters and 100 tags (about 1 MB). */
const MAX_JSON_BODY_BYTES = 4 * 1024 * 1024;

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
    upstreams: Upstreams,
  ) {
    this.routes = [
      { prefix: '/api/mlflow/', upstream: upstreams.mlflow, policy: mlflowPolicy },
      { prefix: '/api/inference/', upstream: upstreams.inference, policy: inferencePolicy },
      { prefix: '/api/logging/', upstream: upstreams.logging, policy: loggingPolicy },
    ];
  }

  /** Adds the routes outside Nest and without body parsers, since a parsed payload is a changed payload. */
  mount(fastify: FastifyInstance): void {
    void fastify.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
      for (const route of this.routes)
        scope.all(`${route.prefix}*`, (request, reply) => this.handle(route, request, reply));
      done();
    });
  }

  private async handle(route: GatewayRoute, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      const caller = await this.access.admit(request, reply);
      const [path = '', query] = splitOnce(request.raw.url ?? '', '?');
      const match = matchOf(route, request.method, path);
      const subject: RequestSubject = {};
      if (match.isWrite) this.auditWhenDone(request, reply, { caller, match, subject });
      requireScopes(caller, match.scopes);
      const body = match.body === 'json' ? await readBody(request.raw, MAX_JSON_BODY_BYTES) : undefined;
      Object.assign(subject, match.check(query ?? '', body));
      requireModels(caller, subject.models);
      await forward(request.raw, reply.raw, {
        upstream: route.upstream,
        target: query === undefined ? match.upstreamPath : `${match.upstreamPath}?${query}`,
        requestId: request.id,
        body,
        onAnswer: () => void reply.hijack(),
      });
    } catch (error) {
      this.fail(route, request, reply, error);
    }
  }

  /** Refused changes are audited, too: who tried is as interesting as who did. */
  private auditWhenDone(
    request: FastifyRequest,
    reply: FastifyReply,
    { caller, match, subject }: { caller: Caller; match: RouteMatch; subject: RequestSubject },
  ): void {
    reply.raw.once('close', () =>
      this.audit.record({
        caller,
        action: match.route,
        subject: { ...subject.details, ...(subject.models && { models: subject.models }) },
        status: reply.raw.writableFinished ? reply.raw.statusCode : undefined,
        requestId: request.id,
      }),
    );
  }

  private fail(
    { upstream }: GatewayRoute,
    request: FastifyRequest,
    reply: FastifyReply,
    error: unknown,
  ): void {
    const hasCallerLeft = reply.raw.destroyed;
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
      // What is left of the request body is not read, so the connection cannot serve another request.
      if (!request.raw.complete) void reply.header('connection', 'close');
      sendProblem(reply, problem, request.id);
    }
  }
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
