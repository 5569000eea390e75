import { Injectable, Logger } from '@nestjs/common';
import { sendProblem } from '@tidegate/bootstrap';
import { ProblemError } from '@tidegate/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Upstreams } from '../discovery/discovery.module';
import type { Upstream } from '../discovery/upstream';
import { Authenticator, requireScopes } from '../keys/authenticator';
import { inferencePolicy, loggingPolicy } from '../policy/app-policies';
import { mlflowPolicy } from '../policy/mlflow-policy';
import type { RouteMatch, RoutePolicy } from '../policy/route-table';
import { forward } from './forwarder';
import { forwardFailure } from './forward-failure';

interface GatewayRoute {
  /** With slashes on both ends. */
  readonly prefix: string;
  readonly upstream: Upstream;
  readonly policy: RoutePolicy;
}

/** Everything below `/api/<service>/`: key, policy, scopes, then the stream to the service. */
@Injectable()
export class Gateway {
  private readonly logger = new Logger('Gateway');
  private readonly routes: readonly GatewayRoute[];

  constructor(
    private readonly authenticator: Authenticator,
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
      const [path = '', query] = splitOnce(request.raw.url ?? '', '?');
      const match = await this.authorize(route, request, path);
      const target = query === undefined ? match.upstreamPath : `${match.upstreamPath}?${query}`;
      const onAnswer = (): void => void reply.hijack();
      await forward(request.raw, reply.raw, {
        upstream: route.upstream,
        target,
        requestId: request.id,
        onAnswer,
      });
    } catch (error) {
      this.fail(route, request, reply, error);
    }
  }

  /** @throws ProblemError when the key, the route or the scopes do not fit. */
  private async authorize(
    { prefix, policy }: GatewayRoute,
    request: FastifyRequest,
    path: string,
  ): Promise<RouteMatch> {
    const caller = await this.authenticator.authenticate(request.headers);
    const match = path.startsWith(prefix)
      ? policy.match(request.method, path.slice(prefix.length))
      : undefined;
    if (!match)
      throw new ProblemError('NOT_FOUND', {
        detail: `The gateway forwards no ${request.method} request to this path`,
      });
    requireScopes(caller, match.scopes);
    return match;
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

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
