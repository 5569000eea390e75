import { ProblemError } from './problem';

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
    return new Set(names.filter((name) => name !== ''));
  } catch (cause) {
    // Not taken for "no limit": that would show what the caller may not see.
    throw new ProblemError('REQUEST_INVALID', {
      detail: 'x-tidegate-models: expected percent-encoded names, separated by commas',
      cause,
    });
  }
}
