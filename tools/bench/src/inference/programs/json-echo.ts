import { createServer } from 'node:http';

/**
 * Reads JSON and writes it back: what a Node process without a model could answer at most.
 * Argument: the port to listen on.
 */
createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const text = JSON.stringify(JSON.parse(Buffer.concat(parts).toString()));
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
