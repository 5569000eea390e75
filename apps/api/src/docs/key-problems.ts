import type { ProblemCode } from '@tidegate/schemas';

/** What every route that wants a key can answer. */
export const KEY_PROBLEMS: readonly ProblemCode[] = [
  'API_KEY_REQUIRED',
  'API_KEY_INVALID',
  'SCOPE_MISSING',
  'RATE_LIMITED',
  'AUTH_FAILURES_LIMITED',
  'KEY_STORE_UNAVAILABLE',
];
