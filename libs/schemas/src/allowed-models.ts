import { ALLOWED_MODELS_HEADER } from './headers';
import { ProblemError } from './problem';

const CONTROL = /[\u0000-\u001f\u007f]/;

/** Value of the header that tells a service to which models the caller is limited: a list, each percent-encoded. */
export function encodeAllowedModels(models: Iterable<string>): string {
  return Array.from(models, encodeURIComponent).join(',');
}

/**
 * What {@link encodeAllowedModels} made. Undefined: the caller is not limited.
 *
 * @throws ProblemError REQUEST_INVALID
 */
export function decodeAllowedModels(header: string | undefined): ReadonlySet<string> | undefined {
  if (header === undefined) return undefined;
  try {
    const names = header.split(',').map((name) => decodeURIComponent(name.trim()));
    if (!names.some((name) => CONTROL.test(name))) return new Set(names.filter((name) => name !== ''));
  } catch (cause) {
    throw unreadable(cause);
  }
  throw unreadable();
}

/** Not taken for "no limit": that would show what the caller may not see. */
function unreadable(cause?: unknown): ProblemError {
  return new ProblemError('REQUEST_INVALID', {
    detail: `${ALLOWED_MODELS_HEADER}: expected percent-encoded names without control characters, separated by commas`,
    cause,
  });
}
