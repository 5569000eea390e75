import { ProblemError } from '@tidegate/schemas';
import type { Caller } from '../keys/key-record';

/**
 * For keys that are limited to models: every model a request names must be one of them, and a request that names none
 * is refused, since its answer could show others.
 *
 * @param models undefined when the request is not about models by name
 * @throws ProblemError MODEL_NOT_ALLOWED
 */
export function requireModels(caller: Caller, models: readonly string[] | undefined): void {
  const allowed = caller.models;
  if (allowed === undefined) return;
  if (models === undefined || models.length === 0)
    throw new ProblemError('MODEL_NOT_ALLOWED', {
      detail: `Key ${caller.keyId} is limited to some models, and this request does not name one`,
    });
  const other = models.find((model) => !allowed.has(model));
  if (other !== undefined)
    throw new ProblemError('MODEL_NOT_ALLOWED', {
      detail: `Key ${caller.keyId} is not allowed to use the model "${other}"`,
    });
}
