import { PROBLEM_KINDS, type ProblemError } from '@tidegate/schemas';
import type { Answer } from '../protocol';

/** An error as clients of the protocol read it: one text, so it says everything. */
export function openInferenceError({ code, message, headers }: ProblemError, requestId: string): Answer {
  const error = `${message} | ${PROBLEM_KINDS[code].remedy} (${code}, request ${requestId})`;
  return { contentType: 'application/json', headers, body: JSON.stringify({ error }) };
}
