import { PROBLEM_KINDS, type ProblemCode, type ProblemError } from '@tidegate/schemas';
import type { Answer } from '../protocol';
import { SignatureViolation } from './signature-violation';

/** The error codes MLflow has for what can happen here. */
const ERROR_CODES: Readonly<Partial<Record<ProblemCode, string>>> = {
  BODY_INVALID: 'BAD_REQUEST',
  REQUEST_INVALID: 'BAD_REQUEST',
  BODY_TOO_LARGE: 'BAD_REQUEST',
  METHOD_NOT_ALLOWED: 'BAD_REQUEST',
  MODEL_FAILED: 'BAD_REQUEST',
  MODEL_REFUSED_INPUT: 'BAD_REQUEST',
  REQUEST_TIMEOUT: 'BAD_REQUEST',
  UNSUPPORTED_MEDIA_TYPE: 'BAD_REQUEST',
  INTERNAL_TOKEN_REQUIRED: 'UNAUTHENTICATED',
  MODEL_NOT_ALLOWED: 'PERMISSION_DENIED',
  MODEL_NOT_FOUND: 'RESOURCE_DOES_NOT_EXIST',
  QUEUE_FULL: 'RESOURCE_EXHAUSTED',
  MODEL_NOT_LOADED: 'TEMPORARILY_UNAVAILABLE',
  OVERLOADED: 'TEMPORARILY_UNAVAILABLE',
  STOPPING: 'TEMPORARILY_UNAVAILABLE',
  WORKER_LOST: 'TEMPORARILY_UNAVAILABLE',
  PREDICTION_TIMEOUT: 'DEADLINE_EXCEEDED',
};

/** An error as MLflow's clients read it, without a stack trace. */
export function mlflowErrorAnswer(problem: ProblemError, requestId: string): Answer {
  const { code, message } = problem;
  const ownCode = problem instanceof SignatureViolation ? 'INVALID_PARAMETER_VALUE' : ERROR_CODES[code];
  const body = {
    error_code: ownCode ?? 'INTERNAL_ERROR',
    message: `${message} | ${PROBLEM_KINDS[code].remedy} (request ${requestId})`,
  };
  const answer = { contentType: 'application/json', body: JSON.stringify(body) };
  // MLflow blames what it was sent when a model fails; nothing but the input differs from the run at warm-up.
  return code === 'MODEL_FAILED' ? { ...answer, status: 400 } : answer;
}
