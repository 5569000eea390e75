import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { PROBLEM_CONTENT_TYPE, problemBody, ProblemError, type ProblemCode } from '@tidegate/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';

const CODE_BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'BODY_INVALID',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/**
 * Answers every error as problem+json. Expected ones say what happened and what to do; anything else is a bug:
 * logged with its stack, answered with nothing but the request id.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    const problem = toProblem(error);
    if (problem.status === 500) {
      const { id: requestId, method } = request;
      this.logger.error(
        { err: error, requestId, method, route: request.routeOptions.url },
        'unexpected error',
      );
    }
    sendProblem(reply, problem, request.id);
  }
}

/** Sends `problem` as the answer. For handlers outside Nest; inside, throw the {@link ProblemError}. */
export function sendProblem(reply: FastifyReply, problem: ProblemError, requestId: string): void {
  if (reply.sent) return;
  void reply
    .code(problem.status)
    .headers(problem.headers)
    .header('content-type', PROBLEM_CONTENT_TYPE)
    .serializer(JSON.stringify)
    .send(problemBody(problem.code, problem.message, requestId));
}

function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const status =
    error instanceof HttpException
      ? error.getStatus()
      : (error as { statusCode?: unknown } | null)?.statusCode;
  const code = typeof status === 'number' ? CODE_BY_STATUS[status] : undefined;
  if (code === undefined) return new ProblemError('INTERNAL_ERROR', { cause: error });
  return new ProblemError(code, { detail: (error as Error).message, cause: error });
}
