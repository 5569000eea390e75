const MAX_DECODINGS = 3;

/**
 * Whether an artifact path stays below the artifact root however often something on the way decodes it:
 * no `..`, backslash, control character, drive letter or `file:` in any decoding, and stable after three of them.
 */
export function isSafeArtifactPath(encoded: string): boolean {
  return isStable(encoded, isSafeDecoded);
}

/** Whether `isSafe` holds for a text and every decoding of it, and at most three decodings are possible. */
export function isStable(encoded: string, isSafe: (decoded: string) => boolean): boolean {
  let text = encoded;
  for (let round = 0; round <= MAX_DECODINGS; round += 1) {
    if (!isSafe(text)) return false;
    const decoded = decode(text);
    if (decoded === text) return true;
    text = decoded;
  }
  return false;
}

/** Backslash, NUL and other control characters. */
export function hasForbiddenCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x5c || code === 0x7f) return true;
  }
  return false;
}

/** Whether a segment is `.` or `..`. */
export function hasDotSegment(path: string): boolean {
  return path.includes('.') && path.split('/').some((segment) => segment === '..' || segment === '.');
}

function isSafeDecoded(path: string): boolean {
  return (
    path !== '' &&
    !path.startsWith('/') &&
    !path.includes('#') &&
    !path.includes('://') &&
    !/^([a-z]|file):/i.test(path) &&
    !hasForbiddenCharacter(path) &&
    !hasDotSegment(path)
  );
}

/** One decoding as the most lenient decoder would do it: valid escapes are replaced, the rest stays. */
function decode(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
