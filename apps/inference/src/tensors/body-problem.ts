import { ProblemError } from '@tidegate/schemas';
import { describeValue } from './describe-value';

/** The body cannot be taken, for the reason in `detail`. */
export function invalid(detail: string): ProblemError {
  return new ProblemError('BODY_INVALID', { detail });
}

/** At `place` something else was expected than `value`. */
export function unexpected(place: string, expected: string, value: unknown): ProblemError {
  return invalid(`${place}: expected ${expected}, got ${describeValue(value)}`);
}
