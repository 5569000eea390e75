import type { IncomingMessage } from 'node:http';

/** Up to this size a body is read before it is sent on. */
export const SMALL_BODY_BYTES = 64 * 1024;

/**
 * Whether a body is said to be so small that it is read first: nearly every prediction is. One write then takes it to
 * the upstream, whose connection does not wait for a slow caller.
 */
export function isSmallBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return length !== undefined && Number(length) <= SMALL_BODY_BYTES && headers.expect === undefined;
}
