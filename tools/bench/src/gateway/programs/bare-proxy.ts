import { createServer } from 'node:http';
import { Pool } from 'undici';

/**
 * The shortest proxy that streams both ways and keeps connections: what the gateway could be if it did nothing.
 * Arguments: the port to listen on, the upstream's origin.
 */
const [port, upstream] = process.argv.slice(2);
const pool = new Pool(String(upstream));

createServer((request, response) => {
  const { method, url, headers } = request;
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  delete headers.connection;
  delete headers['transfer-encoding'];
  pool.stream(
    { path: url ?? '/', method: method as 'GET', headers, body: hasBody ? request : null },
    ({ statusCode, headers: answered }) => {
      delete answered.connection;
      delete answered['transfer-encoding'];
      return response.writeHead(statusCode, answered);
    },
    (error) => {
      if (error) response.destroy(error);
    },
  );
}).listen(Number(port), '127.0.0.1');
