import type { IncomingHttpHeaders } from 'node:http';
import { ProblemError, SUBJECT_HEADER } from '@tidegate/schemas';

/** What the prediction log takes, of what a header can hold without an encoding of its own. */
const SUBJECT = /^[\x20-\x7e]{1,128}$/;

/**
 * Whom a prediction is about, as the caller calls them.
 *
 * @throws ProblemError REQUEST_INVALID: without it the prediction could not be deleted for them later
 */
export function subjectOf({ [SUBJECT_HEADER]: subject }: IncomingHttpHeaders): string | undefined {
  if (subject === undefined) return undefined;
  if (typeof subject === 'string' && SUBJECT.test(subject)) return subject;
  throw new ProblemError('REQUEST_INVALID', {
    detail: `The header ${SUBJECT_HEADER} must have 1 to 128 printable ASCII characters: use an id, or a hash of one.`,
  });
}
