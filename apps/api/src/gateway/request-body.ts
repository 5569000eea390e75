import type { IncomingMessage } from 'node:http';
import { ProblemError } from '@tidegate/schemas';

/**
 * Reads a body whole.
 *
 * @throws ProblemError BODY_TOO_LARGE as soon as it is known to be larger than `maxBytes`
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    parts.push(part);
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, length);
}

function tooLarge(maxBytes: number): ProblemError {
  return new ProblemError('BODY_TOO_LARGE', { detail: `A body of this route has at most ${maxBytes} bytes` });
}
