import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEM_CONTENT_TYPE, problemBody, ProblemError, REQUEST_ID_HEADER } from '@tidegate/schemas';

/**
 * Answers what is no HTTP request (two lengths, a length and chunks, a line that is none …) and closes the connection,
 * since nobody can say where the next request begins.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  // The caller left, or an answer has begun: more bytes would only damage it.
  if (error.code === 'ECONNRESET' || !socket.writable || hasAnswerBegun(socket)) {
    socket.destroy();
    return;
  }
  const requestId = randomUUID();
  const { code, message, status } = problemOf(error);
  const body = JSON.stringify(problemBody(code, message, requestId));
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      `content-type: ${PROBLEM_CONTENT_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      `${REQUEST_ID_HEADER}: ${requestId}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}

function problemOf({ code }: NodeJS.ErrnoException): ProblemError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ProblemError('HEADERS_TOO_LARGE');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ProblemError('REQUEST_TIMEOUT', {
        detail: 'The headers of the request did not come in time',
      });
    default:
      return new ProblemError('REQUEST_INVALID', { detail: 'This is not an unambiguous HTTP/1.1 request' });
  }
}

/** Node keeps the answer a connection is busy with here. */
function hasAnswerBegun(socket: Socket): boolean {
  const { _httpMessage: answer } = socket as Socket & {
    _httpMessage?: { readonly headersSent: boolean } | null;
  };
  return answer?.headersSent ?? false;
}
