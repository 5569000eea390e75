import { json } from '@tidegate/config';
import { rateClassName } from '@tidegate/schemas';
import { z } from 'zod';

/** So many requests in so many seconds, counted from the first one. */
export interface RateLimit {
  readonly requests: number;
  readonly perSeconds: number;
}

/** Limits by the name of their class; a class that is not here has its limit from {@link FALLBACK_CLASS}. */
export type RateClasses = Readonly<Record<string, RateLimit>>;

/** The class of keys nobody chose one for, and of those whose class is not configured. */
export const FALLBACK_CLASS = 'standard';
/** Keys of this class are not counted. */
export const UNLIMITED_CLASS = 'unlimited';

/** Short windows: a caller that went too far goes on after seconds. */
export const BUILT_IN_CLASSES: RateClasses = {
  [FALLBACK_CLASS]: { requests: 1_000, perSeconds: 10 },
  high: { requests: 100_000, perSeconds: 10 },
};

const MAX_REQUESTS = 1_000_000_000;
const A_DAY_IN_SECONDS = 86_400;

const rateLimit = z.strictObject({
  requests: z.int().min(1).max(MAX_REQUESTS),
  perSeconds: z.int().min(1).max(A_DAY_IN_SECONDS),
});
const className = rateClassName.refine(
  (name) => name !== UNLIMITED_CLASS,
  `the class "${UNLIMITED_CLASS}" has no limit`,
);

/** JSON object of classes, which are added to the built-in ones or replace them. */
export const rateClassesValue: z.ZodType<RateClasses> = json(z.record(className, rateLimit)).transform(
  (given) => ({ ...BUILT_IN_CLASSES, ...given }),
);
