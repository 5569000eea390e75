import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/**
 * Makes up a file as long as the last segment of the path says, and forgets what is sent to it.
 * Argument: the port to listen on.
 */
const port = Number(process.argv[2]);
const chunk = Buffer.alloc(256 * 1024, 7);

function produce(length: number, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': length });
  let left = length;
  const write = (): void => {
    while (left > 0) {
      const next = left < chunk.length ? chunk.subarray(0, left) : chunk;
      left -= next.length;
      if (!response.write(next) && left > 0) {
        response.once('drain', write);
        return;
      }
    }
    response.end();
  };
  write();
}

/** Answers when all of it came, as MLflow does. */
function discard(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0;
  request.on('data', (part: Buffer) => void (bytes += part.length));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ bytes }));
  });
}

createServer((request, response) => {
  if (request.method === 'PUT') discard(request, response);
  else produce(Number(/(\d+)$/.exec(request.url ?? '')?.[1] ?? 0), response);
}).listen(port, '127.0.0.1');
