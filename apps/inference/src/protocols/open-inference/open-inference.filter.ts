import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { ProblemError } from '@tidegate/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openInferenceError } from './open-inference-error';

/** Answers expected errors as clients of the protocol read them; the rest is left to the filter of all services. */
@Catch(ProblemError)
export class OpenInferenceFilter implements ExceptionFilter<ProblemError> {
  catch(problem: ProblemError, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { contentType, headers, body } = openInferenceError(problem, http.getRequest<FastifyRequest>().id);
    void http
      .getResponse<FastifyReply>()
      .code(problem.status)
      .headers({ ...headers })
      .header('content-type', contentType)
      .send(body);
  }
}
