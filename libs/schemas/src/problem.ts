import { PROBLEM_KINDS, type ProblemCode } from './problem-codes';

/** Body of every error answer, as `application/problem+json` (RFC 9457). */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly remedy: string;
  readonly requestId: string;
}

export interface ProblemOptions {
  /** What happened and what was expected; the kind's title when left out. Never holds a secret. */
  readonly detail?: string;
  /** Answer headers, such as `retry-after` (seconds). */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An expected failure on its way to the caller: thrown where it is found, answered by the error filter. */
export class ProblemError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ProblemCode,
    options: ProblemOptions = {},
  ) {
    super(options.detail ?? PROBLEM_KINDS[code].title, { cause: options.cause });
    this.name = 'ProblemError';
    this.status = PROBLEM_KINDS[code].status;
    this.headers = options.headers ?? {};
  }
}

/** The answer body for a problem. */
export function problemBody(code: ProblemCode, detail: string, requestId: string): ProblemBody {
  const { status, title, remedy } = PROBLEM_KINDS[code];
  return { type: `urn:tidegate:problem:${code}`, title, status, detail, code, remedy, requestId };
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';
