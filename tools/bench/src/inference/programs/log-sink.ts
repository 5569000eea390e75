import { createServer, type IncomingMessage } from 'node:http';

/**
 * Takes events as the logging app does, and forgets them; `GET /` says how many came.
 * Argument: the port to listen on.
 */
let events = 0;

async function countOf(request: IncomingMessage): Promise<number> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const sent: unknown = JSON.parse(Buffer.concat(parts).toString());
  return Array.isArray(sent) ? sent.length : 1;
}

createServer((request, response) => {
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.method === 'GET') return answer(200, { events });
  countOf(request).then(
    (count) => {
      events += count;
      answer(201, { stored: count, duplicates: 0, rejected: 0, results: [] });
    },
    (error: unknown) => answer(400, { message: String(error) }),
  );
}).listen(Number(process.argv[2]), '127.0.0.1');
