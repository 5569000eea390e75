import type { IncomingHttpHeaders } from 'node:http';
import { ALLOWED_MODELS_HEADER, decodeAllowedModels, ProblemError } from '@tidegate/schemas';
import type { ModelFollower } from '../models/model-follower';
import type { ServedModels } from '../models/served-models';
import type { ScoringRequest } from '../protocols/protocol';

/**
 * The model a request asks for. The gateway says which models a key is limited to: such a key learns of no other one
 * whether it is served. What fails here is counted nowhere: the name comes from outside and must not become a metric label.
 *
 * @throws ProblemError `MODEL_NOT_FOUND`, `MODEL_NOT_ALLOWED`
 */
export function findAllowed(
  models: ServedModels,
  { model, version }: Pick<ScoringRequest, 'model' | 'version'>,
  { [ALLOWED_MODELS_HEADER]: header }: IncomingHttpHeaders,
): ModelFollower {
  const follower = models.find(model, version);
  if (header === undefined) return follower ?? notServed(model, models.followers);
  const allowed = decodeAllowedModels(typeof header === 'string' ? header : '') ?? new Set();
  if (follower !== undefined && allowed.has(follower.selector.name)) return follower;
  if (model === undefined || !isOneOf(model, allowed)) {
    const asked = model === undefined ? 'the model that is served to who names none' : shown(model);
    throw new ProblemError('MODEL_NOT_ALLOWED', { detail: `The API key is not made for ${asked}.` });
  }
  return notServed(
    model,
    models.followers.filter(({ selector }) => allowed.has(selector.name)),
  );
}

/** `digits`, `digits@production` and `digits/3` are the model `digits`. */
function isOneOf(model: string, allowed: ReadonlySet<string>): boolean {
  return Array.from(allowed).some(
    (name) => model.startsWith(name) && /^([@/]|$)/.test(model.slice(name.length)),
  );
}

function notServed(model: string | undefined, followers: readonly ModelFollower[]): never {
  const served = followers.map(({ selector }) => selector.text).join(', ');
  throw new ProblemError('MODEL_NOT_FOUND', {
    detail: `model: ${shown(model)} is not served here; served are ${served}`,
  });
}

function shown(model: string | undefined): string {
  return JSON.stringify(model?.slice(0, 100));
}
