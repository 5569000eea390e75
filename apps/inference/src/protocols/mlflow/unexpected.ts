import type { ProblemError } from '@tidegate/schemas';
import { describeValue } from '../../tensors/describe-value';
import { invalid } from '../../tensors/body-problem';
import { WholeFloat } from './python-number';

/** At `place` something else was expected than `value`, which may be a number of Python's kinds. */
export function unexpected(place: string, expected: string, value: unknown): ProblemError {
  return invalid(`${place}: expected ${expected}, got ${shown(value)}`);
}

export function shown(value: unknown): string {
  if (typeof value === 'bigint') return String(value).slice(0, 40);
  return describeValue(value instanceof WholeFloat ? value.value : value);
}
