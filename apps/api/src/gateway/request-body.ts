import type { IncomingMessage } from 'node:http';
import type { Clock } from '@tidegate/clock';
import { ProblemError } from '@tidegate/schemas';
import { CallerLeft } from './caller-left';
import { pausedTooLong, PAUSE_LIMIT_MS } from './upload-body';

export interface BodyLimits {
  readonly clock: Clock;
  readonly maxBytes: number;
  /** Called when the body is wanted, which one that is announced too large is not. */
  readonly onWanted?: () => void;
}

/** Whether anything follows the headers. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/**
 * Reads a body whole. When it is refused, the connection is left alone: the answer goes over it.
 *
 * @throws ProblemError BODY_TOO_LARGE as soon as it is known to be larger than `maxBytes`, REQUEST_TIMEOUT when no byte
 * comes for a minute; CallerLeft
 */
export function readBody(
  request: IncomingMessage,
  { clock, maxBytes, onWanted }: BodyLimits,
): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  onWanted?.();
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const refuse = (error: Error): void => {
      stop();
      reject(error);
    };
    const watch = () => clock.setTimer(() => refuse(pausedTooLong()), PAUSE_LIMIT_MS);
    let timer = watch();
    const onData = (part: Buffer): void => {
      length += part.length;
      if (length > maxBytes) return refuse(tooLarge(maxBytes));
      parts.push(part);
      timer.cancel();
      timer = watch();
    };
    const onEnd = (): void => {
      stop();
      const [only] = parts;
      resolve(parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length));
    };
    const onClose = (): void => refuse(new CallerLeft());
    const stop = (): void => {
      timer.cancel();
      request.off('data', onData).off('end', onEnd).off('close', onClose);
    };
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}

/**
 * Readers of a GET or HEAD request differ in whether its body counts; for MLflow it does when there is no query.
 *
 * @throws ProblemError BODY_INVALID
 */
export function refuseBodyOfRead(request: IncomingMessage): void {
  if ((request.method === 'GET' || request.method === 'HEAD') && hasBody(request))
    throw new ProblemError('BODY_INVALID', { detail: `A ${request.method} request has no body here` });
}

function tooLarge(maxBytes: number): ProblemError {
  return new ProblemError('BODY_TOO_LARGE', { detail: `A body of this route has at most ${maxBytes} bytes` });
}
