import type { z } from 'zod';
import { ProblemError } from './problem';
import type { ProblemCode } from './problem-codes';

/**
 * What a caller sent, as `schema` wants it.
 *
 * @throws ProblemError `code`, naming every field that is wrong
 */
export function parseRequest<T>(schema: z.ZodType<T>, value: unknown, code: ProblemCode): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const detail = result.error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
  throw new ProblemError(code, { detail });
}
