import { ProblemError } from '@tidegate/schemas';
import { FALLBACK_CLASS, UNLIMITED_CLASS, type RateClasses } from '../limits/rate-classes.config';

/** Requests a second of a rate class, as a key of it is counted; Infinity when it is not. */
export function rateOfClass(classes: RateClasses, name: string): number {
  if (name === UNLIMITED_CLASS) return Infinity;
  const limit = classes[name] ?? classes[FALLBACK_CLASS];
  return limit === undefined ? Infinity : limit.requests / limit.perSeconds;
}

/** @throws ProblemError BODY_INVALID for a class that is not configured */
export function requireKnownClass(classes: RateClasses, name: string): void {
  const known = [...Object.keys(classes), UNLIMITED_CLASS];
  if (!known.includes(name))
    throw new ProblemError('BODY_INVALID', { detail: `rate_class: expected one of ${known.join(', ')}` });
}
