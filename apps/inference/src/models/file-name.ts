import { createHash } from 'node:crypto';

const MAX_CHARS = 120;

/** A name of a file for any text, one for each. Dots are escaped, so that none is hidden, `..` or has an extension. */
export function fileNameFor(text: string): string {
  const escaped = encodeURIComponent(text).replaceAll('.', '%2E');
  if (escaped.length <= MAX_CHARS) return escaped;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${escaped.slice(0, MAX_CHARS - digest.length - 1)}~${digest}`;
}
