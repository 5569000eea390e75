import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { sendProblem } from '@tidegate/bootstrap';
import { DatabaseUnavailable } from '@tidegate/database';
import { ProblemError } from '@tidegate/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';

const RETRY_AFTER_SECONDS = '2';

/** Answers 503 while PostgreSQL is away. */
@Catch(DatabaseUnavailable)
export class DatabaseUnavailableFilter implements ExceptionFilter<DatabaseUnavailable> {
  catch(error: DatabaseUnavailable, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const problem = databaseProblem(error);
    sendProblem(http.getResponse<FastifyReply>(), problem, http.getRequest<FastifyRequest>().id);
  }
}

/** The answer to a request that could not be served without PostgreSQL; `also`: what else did not help. */
export function databaseProblem(error: DatabaseUnavailable, also?: string): ProblemError {
  const why = also === undefined ? error.causeCode : `${error.causeCode}; ${also}`;
  return new ProblemError('DATABASE_UNAVAILABLE', {
    detail: `PostgreSQL cannot take the request now (${why}). Sending it again is safe: an event is counted once.`,
    headers: { 'retry-after': RETRY_AFTER_SECONDS },
    cause: error,
  });
}
