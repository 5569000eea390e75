import { createServer } from 'node:http';

/** Answers every request with the same JSON. Arguments: the port to listen on, the answer. */
const [port, answer] = process.argv.slice(2);
const bytes = Buffer.from(String(answer));
const headers = { 'content-type': 'application/json', 'content-length': bytes.length };

createServer((request, response) => {
  request.resume();
  response.writeHead(200, headers).end(bytes);
}).listen(Number(port), '127.0.0.1');
