const MAX_DECODINGS = 3;

/**
 * Whether an artifact path stays below the artifact root however often something on the way decodes it:
 * no `..`, backslash, control character or drive letter in any decoding, and stable after three of them.
 */
export function isSafeArtifactPath(encoded: string): boolean {
  let path = encoded;
  for (let round = 0; round <= MAX_DECODINGS; round += 1) {
    if (!isSafeDecoded(path)) return false;
    const decoded = decode(path);
    if (decoded === path) return true;
    path = decoded;
  }
  return false;
}

function isSafeDecoded(path: string): boolean {
  if (path === '' || path.startsWith('/') || hasForbiddenCharacter(path) || /^[A-Za-z]:/.test(path))
    return false;
  return path.split('/').every((segment) => segment !== '..' && segment !== '.');
}

/** One decoding as the most lenient decoder would do it: valid escapes are replaced, the rest stays. */
function decode(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Backslash, NUL and other control characters. */
function hasForbiddenCharacter(path: string): boolean {
  return [...path].some((character) => character === '\\' || character < ' ' || character === '\u007f');
}
