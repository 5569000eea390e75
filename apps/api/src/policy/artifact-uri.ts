import { isSafeArtifactPath, isStable } from './artifact-path';

/**
 * Whether a URI is `<scheme>:/<path>` with one of these schemes and a path that stays below its root. Without
 * authority, query, parameters and fragment: each of them has been a way around a check of MLflow.
 */
export function isSafeArtifactUri(uri: string, schemes: readonly string[]): boolean {
  const at = uri.indexOf(':/');
  if (at < 0 || !schemes.includes(uri.slice(0, at))) return false;
  const path = uri.slice(at + 2);
  return isSafeArtifactPath(path) && isStable(path, (decoded) => !/[?;#]|^\//.test(decoded));
}
